using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Sessions;
using Tandem.Device.Storage;

namespace Tandem.Device;

/// <content>The event log, from which a session comes back after a crash.</content>
public sealed partial class DeviceSession : IDisposable
{
    /// <summary>Records beyond those that a compact log would have, before it is compacted.</summary>
    private const int MostSpareRecords = 4_096;

    private EventLog? _log;
    private int _compactRecords;    // right after the last compaction, or when one failed

    /// <summary>
    /// What was wrong with the event log when the session was opened, with the number of events that are missing from it; null where
    /// nothing was, or there is no log.
    /// </summary>
    public EventLogDamage? LogDamage { get; private set; }

    /// <summary>
    /// Opens a session whose events are in a file, or begins one. Each event is with the operating system before <see cref="Observe"/>
    /// returns. The file stays bounded: what is not kept any more is dropped from it. A damaged file gives what can be read of it, and is
    /// kept beside the log: see <see cref="LogDamage"/>.
    /// </summary>
    /// <param name="model">Its bundle's catalogue gives the item ids.</param>
    /// <param name="options">Rules of fusion and request.</param>
    /// <param name="path">
    /// A file in an existing folder, or a link to one. One opener at a time has it, in whatever process. A new file is readable by its user
    /// alone.
    /// </param>
    /// <param name="session">The session with all events that the file holds, or null.</param>
    /// <param name="fault">Why the file was refused, and what to do, or null. A refused file is left as it is.</param>
    /// <param name="logOptions">When to flush to disk; null for the defaults.</param>
    /// <exception cref="ArgumentException">An argument is null or empty, or the options have faults.</exception>
    public static bool TryOpen(
        DeviceModel model,
        DeviceSessionOptions options,
        string path,
        [NotNullWhen(true)] out DeviceSession? session,
        [NotNullWhen(false)] out string? fault,
        EventLogOptions? logOptions = null)
    {
        session = null;
        var opened = new DeviceSession(model, options); // first, for it checks the arguments
        if (!EventLog.TryOpen(path, model.CatalogVersion, logOptions ?? new(), out var log, out var events, out fault)) return false;
        try
        {
            opened._history.Start(log.BaseCount);
            fault = Replay(opened._history, events, model.Shape.Items);
            if (fault is null) session = opened;
            else fault = $"{path}: {fault}";
        }
        finally
        {
            if (session is null) log.Dispose();
        }

        (opened._log, opened._compactRecords, opened.LogDamage) = (log, events.Count, log.Damage);
        return session is not null;
    }

    /// <summary>Flushes and closes the event log, where there is one. The session is not to be used afterwards.</summary>
    /// <exception cref="IOException">The disk refuses to flush; the log is closed all the same.</exception>
    public void Dispose()
    {
        using var turn = _gate.Enter("a filter, fusion rule or request policy disposed of the session that is asking it");
        if (_isDisposed) return;
        _isDisposed = true;
        _log?.Dispose();
    }

    /// <summary>Puts an event on disk before it counts, so that none counts which a crash would take away.</summary>
    private void Append(in LoggedEvent e)
    {
        if (_log is null) return;
        if (_log.Count - _compactRecords >= MostSpareRecords) TryCompact();
        _log.Append(e);
    }

    /// <summary>
    /// Where there is no place for a second file, as on a nearly full disk, there may be for the event: the log grows on for a while.
    /// </summary>
    private void TryCompact()
    {
        try
        {
            Compact(_history);
        }
        catch (IOException)
        {
            _compactRecords = _log!.Count;
        }
    }

    /// <summary>Leaves in the log what is in a history.</summary>
    private void Compact(UserHistory history)
    {
        var keep = history.Forgotten().Select(LoggedEvent.Forgotten).ToList();
        for (var number = history.First; number < history.Count; number++)
            keep.Add(LoggedEvent.Observe(history.ItemAt(number), history.TimeAt(number)) with { Value = history.ValueAt(number) });
        _log!.Compact(history.First, [.. keep]);
        _compactRecords = _log.Count;
    }

    /// <summary>The first fault of the records, or null; up to it they are in the history.</summary>
    private static string? Replay(UserHistory history, IReadOnlyList<LoggedEvent> events, int items)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.Item > items)
            {
                return $"record {i} holds item {e.Item}, this bundle has {items}: it belongs to another bundle of the "
                + "catalogue";
            }

            if (e.Kind == LoggedEventKind.Observe) history.Add(e.Item, e.Time, e.Value);
            else if (e.Kind == LoggedEventKind.Forgotten) history.AddForgotten(e.Item);
            else if (!history.TryUndo()) return $"record {i} takes back an event that is not there: the file was not written by a session";
        }

        return null;
    }
}
