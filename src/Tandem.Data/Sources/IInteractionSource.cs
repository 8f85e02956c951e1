namespace Tandem.Data.Sources;

/// <summary>Events and item descriptions in somebody's own form.</summary>
public interface IInteractionSource
{
    /// <summary>A short name for the data set that comes of it.</summary>
    string Name { get; }

    /// <summary>True when the times of events are unix seconds, false when they only tell the order within the user's sequence.</summary>
    bool HasTimes { get; }

    /// <summary>True (default) when events have ratings or other strengths of their own, false when each is 1.</summary>
    bool HasValues => true;

    /// <summary>What was left unread and noticed, by what has been read so far; default: nothing.</summary>
    ReadingNotes Notes => new();

    /// <summary>All events, in the source's order; every call reads anew and gives the same.</summary>
    /// <exception cref="SourceException">A line is malformed; thrown when the enumeration reaches it.</exception>
    IEnumerable<Interaction> Read();

    /// <summary>What is known of items, by key; items may be missing, and some may have no event.</summary>
    /// <exception cref="SourceException">A line is malformed.</exception>
    IReadOnlyDictionary<string, ItemDescription> ReadItems();
}
