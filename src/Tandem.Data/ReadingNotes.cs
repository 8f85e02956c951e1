namespace Tandem.Data;

/// <summary>What was noticed while raw files were read: nothing is passed over without a word here.</summary>
public sealed record ReadingNotes
{
    /// <summary>Columns of the events' table that stand in its header and were not read, in its order.</summary>
    public IReadOnlyList<string> UnreadColumns { get; init; } = [];

    /// <summary>Events whose user, item and time an event read before has already; 0 where the source has no times.</summary>
    public int RepeatedRows { get; init; }

    /// <summary>All that a person should know, unread columns and repeated rows included: a line each, with what to do.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>These, with more lines at the end.</summary>
    internal ReadingNotes And(params IEnumerable<string?> lines) => this with { Lines = [.. Lines, .. lines.OfType<string>()] };
}
