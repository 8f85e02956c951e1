namespace Tandem.Device.Storage;

/// <summary>One record of an <see cref="EventLog"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Item">Item id, 1 … V; 0 for an undo. The log knows no V: whoever reads it checks the upper end.</param>
/// <param name="Time">Seconds since 1970-01-01 UTC.</param>
public readonly record struct LoggedEvent(LoggedEventKind Kind, int Item, long Time)
{
    /// <summary>
    /// How strong an observed event was: a rating, dwell or another strength, finite; 0 or negative for a skip. Default 1, which is
    /// also what an event without a known value and every record of another kind has.
    /// </summary>
    public Half Value { get; init; } = Half.One;

    /// <summary>The user consumed an item.</summary>
    public static LoggedEvent Observe(int item, long time) => new(LoggedEventKind.Observe, item, time);

    /// <summary>The last event that still counts was taken back.</summary>
    public static LoggedEvent Undo(long time) => new(LoggedEventKind.Undo, 0, time);

    /// <summary>The user consumed an item in an event that is not kept.</summary>
    public static LoggedEvent Forgotten(int item) => new(LoggedEventKind.Forgotten, item, 0);

    /// <summary>Whether kind, item and value fit together.</summary>
    internal bool IsSound => Kind switch
    {
        LoggedEventKind.Observe => Item >= 1 && Half.IsFinite(Value),
        LoggedEventKind.Forgotten => Item >= 1 && Value == Half.One,
        LoggedEventKind.Undo => Item == 0 && Value == Half.One,
        _ => false,
    };
}
