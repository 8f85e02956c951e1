namespace Tandem.Device.Storage;

/// <summary>What happened. The numbers are those on disk; a new kind raises the format of the log.</summary>
public enum LoggedEventKind
{
    /// <summary>The user consumed an item.</summary>
    Observe = 1,

    /// <summary>The last event that still counts was taken back.</summary>
    Undo = 2,

    /// <summary>The user consumed an item in an event that is not kept, before the first that is.</summary>
    Forgotten = 3,
}
