namespace Tandem.Protocol.Messages;

/// <summary>Checks of the events that a request tells of.</summary>
internal static class EventHistory
{
    /// <summary>Most events in one message.</summary>
    public const int MostEvents = 1_000_000;

    private const int LongestName = 256;

    /// <summary>The first fault, or null.</summary>
    public static string? FaultOf(int items, IReadOnlyList<int> history, IReadOnlyList<long>? times, IReadOnlyList<float>? values)
    {
        if (history.Count > MostEvents) return $"{history.Count} events, expected at most {MostEvents}";
        if (times is not null && times.Count != history.Count)
            return $"{history.Count} events but {times.Count} times, expected one each or none";
        if (values is not null && values.Count != history.Count)
            return $"{history.Count} events but {values.Count} values, expected one each or none";
        for (var i = 0; i < history.Count; i++)
        {
            if (ItemFault(items, history[i], i) is { } fault) return fault;
            if (values is not null && !float.IsFinite(values[i])) return $"value {values[i]} of event {i} is not finite";
        }

        return null;
    }

    /// <summary>The first fault of a history of codes, or null.</summary>
    public static string? CodedFault(CodedHistory? coded, IReadOnlyList<int> history) => coded is null ? null
        : history.Count > 0 ? $"{history.Count} items beside a history of codes, expected one of both"
        : coded.Fault();

    public static string? ItemFault(int items, int item, int place) =>
        item < 1 || item > items ? $"item {item} of event {place} is outside 1..{items}" : null;

    /// <summary>A version or name: opaque text, but not without end.</summary>
    public static string? NameFault(string what, string name) => name.Length is 0 or > LongestName
        ? $"{what} has {name.Length} characters, expected 1 to {LongestName}"
        : null;
}
