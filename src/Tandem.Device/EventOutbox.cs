using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Device.Storage;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>
/// A user's events on their way to the cloud: in a file from the moment they are observed until the cloud's receipt. An event has one id,
/// whenever and however often it is sent, so that with a cloud that counts an id once every event counts once: after a lost answer, a crash
/// at any byte, or weeks without a connection. Any number of threads may use it at once.
/// </summary>
/// <remarks>
/// The file is an <see cref="EventLog"/>, apart from the session's: that one forgets what is old, this one what the cloud has. An id is
/// made of what tells the file from any other, the event's number, time and item.
/// </remarks>
public sealed class EventOutbox : IDisposable
{
    /// <summary>Records beyond the events that wait, before the file is compacted.</summary>
    private const int MostSpareRecords = 4_096;

    private readonly Lock _lock = new();
    private readonly EventLog _log;
    private readonly EventOutboxOptions _options;
    private readonly CloudCalls _calls;
    private readonly List<LoggedEvent> _events;
    private long _first;        // number of the oldest that waits
    private int _compactRecords; // right after the last compaction, or when one failed
    private long _firstUnsent;  // events before it are in a request that is under way, or gone
    private bool _isDisposed;

    private EventOutbox(EventLog log, List<LoggedEvent> events, string catalogVersion, EventOutboxOptions options)
    {
        (_log, _events, _options, _calls, CatalogVersion) = (log, events, options, new(options.Time), catalogVersion);
        (_first, _compactRecords) = (log.BaseCount, events.Count);
        DropOldest();
    }

    /// <summary>The numbering of the events' items.</summary>
    public string CatalogVersion { get; }

    /// <summary>What was wrong with the file when it was opened, with the number of missing events; null where nothing was.</summary>
    public EventLogDamage? Damage => _log.Damage;

    /// <summary>Events that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _events.Count;
        }
    }

    /// <summary>
    /// Events that will never be sent, since the outbox was opened: the oldest of more than <see cref="EventOutboxOptions.EventLimit"/>,
    /// and those that the disk did not take.
    /// </summary>
    public long DroppedEvents { get; private set; }

    /// <summary>Opens an outbox, or begins one where there is no file.</summary>
    /// <param name="path">A file in an existing folder, for this user and catalogue alone. One opener at a time has it.</param>
    /// <param name="catalogVersion">The numbering of the items, from the bundle's manifest.</param>
    /// <param name="options">How much it keeps and sends at once.</param>
    /// <param name="outbox">With all events that wait, or null.</param>
    /// <param name="fault">Why the file was refused, and what to do, or null. A refused file is left as it is.</param>
    /// <exception cref="ArgumentException">An argument is null or empty, or the options have faults, which the message lists.</exception>
    public static bool TryOpen(
        string path,
        string catalogVersion,
        EventOutboxOptions options,
        [NotNullWhen(true)] out EventOutbox? outbox,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        outbox = null;
        if (!EventLog.TryOpen(path, catalogVersion, options.Log, NewOrigin(), out var log, out var records, out fault)) return false;
        var waiting = new List<LoggedEvent>(records.Count);
        foreach (var record in records)
        {
            if (record.Kind == LoggedEventKind.Observe) waiting.Add(record);
            else if (record.Kind == LoggedEventKind.Undo && waiting.Count > 0) waiting.RemoveAt(waiting.Count - 1);
        }

        outbox = new(log, waiting, catalogVersion, options);
        return true;
    }

    /// <summary>Puts an event in. It is with the operating system when this returns: a process that is killed loses none.</summary>
    /// <param name="item">1 … V, of the outbox's catalogue.</param>
    /// <param name="time">Unix seconds.</param>
    /// <param name="value">A rating or another strength, finite as float16, to which it is rounded.</param>
    /// <returns>False where the disk refuses or the outbox is closed: the event is counted in <see cref="DroppedEvents"/>.</returns>
    /// <exception cref="ArgumentException">The item is below 1 or the value not finite.</exception>
    public bool Add(int item, long time, float value = 1)
    {
        var e = LoggedEvent.Observe(item, time) with { Value = (Half)value };
        if (!e.IsSound)
            throw new ArgumentException($"item {item}, value {value}: an item from 1 and a finite value are expected", nameof(item));
        lock (_lock)
        {
            if (!TryAppend(e))
            {
                DroppedEvents++;
                return false;
            }

            _events.Add(e);
            DropOldest();
            return true;
        }
    }

    /// <summary>Takes the newest event out again, where it is this one and no request that is under way holds it.</summary>
    /// <param name="item">Its item.</param>
    /// <param name="time">Its time.</param>
    /// <returns>False where it stays: it is sent or about to be, or the disk refuses.</returns>
    public bool TryTakeBack(int item, long time)
    {
        lock (_lock)
        {
            if (_events.Count == 0 || _first + _events.Count <= _firstUnsent) return false;
            if (_events[^1] is var newest && (newest.Item != item || newest.Time != time)) return false;
            if (!TryAppend(LoggedEvent.Undo(time))) return false;
            _events.RemoveAt(_events.Count - 1);
            return true;
        }
    }

    /// <summary>
    /// Sends what waits, oldest first, in batches, until nothing is left or the cloud gives no receipt. One call sends at a time; whoever
    /// comes meanwhile, or before the time that the cloud named, is told so at once.
    /// </summary>
    /// <param name="cloud">Its faults, exceptions included, are told in the outcome.</param>
    /// <param name="cancel">Ends the call; what has no receipt is sent again by the next.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<OutboxOutcome> SendAsync(ICloud cloud, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var (sent, obstacle) = (0, "");
        while (TryBegin(out var batch, out var first, out var began, out obstacle))
        {
            CloudFault? fault = null;
            var isReceived = false;
            try
            {
                cancel.ThrowIfCancellationRequested();
                var answer = await CloudCalls
                    .AnswerAsync<EventBatch, EventReceipt>(cloud.SendEventsAsync, batch, cancel).ConfigureAwait(false);
                (isReceived, fault) = Judge(answer, batch.Events.Count);
            }
            finally
            {
                End(began, fault, first, isReceived ? batch.Events.Count : 0);
            }

            if (fault is not null) return Outcome(sent, $"not all sent, {fault}", fault);
            sent += batch.Events.Count;
        }

        return Outcome(sent, obstacle, fault: null);
    }

    /// <summary>Flushes and closes the file. Events that wait are sent by whoever opens it next.</summary>
    /// <exception cref="IOException">The disk refuses to flush; the file is closed all the same.</exception>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _log.Dispose();
        }
    }

    private static uint NewOrigin()
    {
        Span<uint> origin = [0];
        while (origin[0] == 0) RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(origin));
        return origin[0];
    }

    private static (bool IsReceived, CloudFault? Fault) Judge(CloudAnswer<EventReceipt> answer, int count)
    {
        if (!answer.HasValue) return (false, answer.Fault);
        return answer.Value.TryValidate(count, out var fault)
            ? (true, null)
            : (false, new CloudFault { Kind = CloudFaultKind.Failed, Message = $"the receipt is refused: {fault}" });
    }

    /// <summary>Begins a request with the oldest events, or says why there is none to make.</summary>
    private bool TryBegin(
        [NotNullWhen(true)] out EventBatch? batch, out long first, out long began, out string obstacle)
    {
        lock (_lock)
        {
            (batch, first, began) = (null, _first, 0);
            obstacle = _isDisposed ? "the outbox is closed" : _events.Count == 0 ? "all are sent" : _calls.Obstacle() ?? "";
            if (obstacle.Length > 0) return false;
            var events = new ReportedEvent[Math.Min(_events.Count, _options.BatchSize)];
            for (var i = 0; i < events.Length; i++) events[i] = Report(_first + i, _events[i]);
            (batch, began) = (new() { CatalogVersion = CatalogVersion, Events = events }, _calls.Begin());
            _firstUnsent = _first + events.Length;
            return true;
        }
    }

    private ReportedEvent Report(long number, in LoggedEvent e) => new()
    {
        Id = $"{_log.Origin:x8}-{number:x}-{e.Time:x}-{e.Item:x}",
        Item = e.Item,
        Time = e.Time,
        Value = (float)e.Value,
    };

    /// <summary>A request is over; so many events from the first of it on are with the cloud.</summary>
    private void End(long began, CloudFault? fault, long first, int received)
    {
        lock (_lock)
        {
            _calls.End(began, fault);
            DroppedEvents -= Math.Clamp(_first - first, 0, received); // for want of room, while they were on their way
            if (first + received > _first)
            {
                _events.RemoveRange(0, (int)(first + received - _first));
                _first = first + received;
                TryCompact();
            }

            _firstUnsent = _first;
        }
    }

    private OutboxOutcome Outcome(int sent, string reason, CloudFault? fault)
    {
        lock (_lock) return new(sent, _events.Count, reason, fault);
    }

    private bool TryAppend(in LoggedEvent e)
    {
        if (_isDisposed) return false;
        try
        {
            if (_log.Count - _compactRecords >= MostSpareRecords) TryCompact();
            _log.Append(e);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Leaves in the file what waits. Where the disk has no place for a second file, the events of a receipt stay in it, and after a
    /// restart are sent again under the same ids.
    /// </summary>
    private void TryCompact()
    {
        if (_isDisposed) return;
        try
        {
            _log.Compact(_first, CollectionsMarshal.AsSpan(_events));
        }
        catch (IOException)
        {
            // the next receipt tries again
        }

        _compactRecords = _log.Count;
    }

    private void DropOldest()
    {
        var surplus = _events.Count - _options.EventLimit;
        if (surplus <= 0) return;
        _events.RemoveRange(0, surplus);
        _first += surplus;
        DroppedEvents += surplus;
    }
}
