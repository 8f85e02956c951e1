using Tandem.Device.Storage;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>How much an <see cref="EventOutbox"/> keeps and sends at once.</summary>
public sealed record EventOutboxOptions
{
    private const int MostKept = 1_000_000;

    /// <summary>
    /// Most events that wait, 1 to 1,000,000, at 24 bytes each in memory and in the file. Default 10,000: months of clicks without a
    /// connection. Beyond it the oldest is dropped and counted: <see cref="EventOutbox.DroppedEvents"/>.
    /// </summary>
    public int EventLimit { get; init; } = 10_000;

    /// <summary>
    /// Most events in one request, 1 to 10,000. Default 500: some 40 KB of JSON, a second of a slow mobile connection, so that little is
    /// sent twice when it breaks off.
    /// </summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>How safely events are written. Default: as a session's log.</summary>
    public EventLogOptions Log { get; init; } = new();

    /// <summary>Tells how long the cloud asked to wait. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (EventLimit is < 1 or > MostKept) yield return $"event limit {EventLimit}; 1 to {MostKept} are expected";
        if (BatchSize is < 1 or > EventBatch.MostEvents) yield return $"batch size {BatchSize}; 1 to {EventBatch.MostEvents} are expected";
        if (Log is null) yield return "log is null; leave it out for the defaults";
        else if (Log.FlushEvery < 0) yield return $"flush every {Log.FlushEvery} events; 0 or more are expected";
        if (Time is null) yield return "time is null; leave it out for the system's";
    }
}
