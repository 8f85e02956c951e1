using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Tandem.Protocol;

namespace Tandem.Device.Storage;

/// <summary>
/// A user's events in one file that only grows, so that a crash at any byte costs at most the event being written. What survives
/// a power cut is said in <see cref="EventLogOptions"/>. One process at a time has it open. Not for use by two threads at once.
/// </summary>
public sealed class EventLog : IDisposable
{
    private readonly string _path;
    private readonly string _catalogVersion;
    private readonly EventLogOptions _options;
    private SafeFileHandle? _file;
    private uint _checksum;         // of the last record
    private int _unflushed;

    private EventLog(string path, string catalogVersion, EventLogOptions options)
    {
        (_path, _catalogVersion, _options) = (Path.GetFullPath(path), catalogVersion, options);
    }

    /// <summary>Events before the first record, as the last <see cref="Compact"/> said; 0 before any.</summary>
    public long BaseCount { get; private set; }

    /// <summary>Records in the file, undos among them.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that were cut off the end when the log was opened: a torn record, or what followed a damaged one.</summary>
    public long CutOffBytes { get; private set; }

    private long EndOfRecords => EventLogHeader.SizeBytes + (long)Count * EventRecord.SizeBytes;

    /// <summary>
    /// Opens a log, or begins one where there is no file. Keeps every record up to the first that is torn or damaged and cuts the file
    /// off there. A file of another kind, format or catalogue is refused and left as it is. Never throws on what the file holds.
    /// </summary>
    /// <param name="path">A file in an existing folder.</param>
    /// <param name="catalogVersion">The numbering of the items, from the bundle's manifest.</param>
    /// <param name="options">When to flush.</param>
    /// <param name="log">The open log, or null.</param>
    /// <param name="events">Its records, oldest first; empty where the log is refused.</param>
    /// <param name="fault">Why the file is refused, and what to do, or null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="EventLogOptions.FlushEvery"/> is negative.</exception>
    public static bool TryOpen(
        string path,
        string catalogVersion,
        EventLogOptions options,
        [NotNullWhen(true)] out EventLog? log,
        out IReadOnlyList<LoggedEvent> events,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(catalogVersion);
        ArgumentOutOfRangeException.ThrowIfNegative(options.FlushEvery);
        var opened = new EventLog(path, catalogVersion, options);
        events = [];
        try
        {
            fault = opened.Recover(ref events);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be opened: {e.Message}";
        }

        log = fault is null ? opened : null;
        if (log is null) opened.Dispose();
        return log is not null;
    }

    /// <summary>Adds a record. Allocates nothing.</summary>
    /// <param name="e">What happened.</param>
    /// <exception cref="ArgumentException">An observed item below 1 or value that is not finite, an undo with an item, or an unknown kind.</exception>
    /// <exception cref="IOException">The record could not be written or flushed, as on a full disk. The log stands as before, and the
    /// next record takes its place; should the process end first, the event may be there or not.</exception>
    public void Append(in LoggedEvent e)
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        Check(e, nameof(e));
        Span<byte> record = stackalloc byte[EventRecord.SizeBytes];
        var checksum = EventRecord.Write(record, Count, e, _checksum);
        RandomAccess.Write(_file, record, EndOfRecords);
        if (_unflushed + 1 == _options.FlushEvery) Flush();
        else _unflushed++;
        _checksum = checksum;
        Count++;
    }

    /// <summary>Brings everything to disk: from here on a power cut loses none of it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        RandomAccess.FlushToDisk(_file);
        _unflushed = 0;
    }

    /// <summary>
    /// Puts a new file in the place of the log: written beside it, flushed, renamed over it. After a crash there is the old log or the
    /// new one. (Whether a rename outlives a power cut is the file system's to say: .NET cannot flush a folder.)
    /// </summary>
    /// <param name="baseCount">Events before the first of <paramref name="keep"/>, from the user's first on.</param>
    /// <param name="keep">The records of the new log, oldest first.</param>
    /// <exception cref="ArgumentException">A record is none that <see cref="Append"/> would take.</exception>
    /// <exception cref="IOException">The new file could not be written, and the log stands as before; or it could not be opened again,
    /// and the log is closed.</exception>
    public void Compact(long baseCount, ReadOnlySpan<LoggedEvent> keep)
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(baseCount);
        foreach (ref readonly var e in keep) Check(e, nameof(keep));

        var content = EventLogContent.Build(_catalogVersion, baseCount, keep, out var checksum);
        Close(); // Windows renames over no open file.
        try
        {
            DurableFile.Write(_path, stream => stream.Write(content));
            (BaseCount, Count, _checksum, _unflushed) = (baseCount, keep.Length, checksum, 0);
        }
        finally
        {
            _file = OpenFile();
        }
    }

    /// <summary>Flushes to disk and closes.</summary>
    /// <exception cref="IOException">The disk refuses; the log is closed all the same.</exception>
    public void Dispose()
    {
        try
        {
            if (_file is not null && _unflushed > 0) Flush();
        }
        finally
        {
            Close();
        }
    }

    private static void Check(in LoggedEvent e, string name)
    {
        if (!e.IsSound) throw new ArgumentException($"{e} is no event: observe an item from 1 with a finite value, or undo without an item", name);
    }

    private string? Recover(ref IReadOnlyList<LoggedEvent> events)
    {
        if (!File.Exists(_path))
        {
            var empty = EventLogContent.Build(_catalogVersion, baseCount: 0, [], out _);
            DurableFile.Write(_path, stream => stream.Write(empty));
        }

        _file = OpenFile();
        var header = new byte[EventLogHeader.SizeBytes];
        var found = EventLogContent.ReadFully(_file, header, 0);
        if (EventLogHeader.FaultOf(header.AsSpan(0, found), _catalogVersion) is { } fault) return $"{_path} {fault}";

        var lengthBytes = RandomAccess.GetLength(_file);
        if (found < header.Length)
        {
            EventLogHeader.Write(header, _catalogVersion, baseCount: 0);
            RandomAccess.Write(_file, header, 0);
            CutOffBytes = found;
        }

        (BaseCount, _checksum) = (EventLogHeader.BaseCount(header), EventLogHeader.Checksum(header));
        var records = EventLogContent.ReadRecords(_file, ref _checksum);
        (events, Count) = (records, records.Count);
        if (lengthBytes > EndOfRecords)
        {
            // No flush: should a power cut bring the tail back, its checksums do not go on from what is written next.
            CutOffBytes = lengthBytes - EndOfRecords;
            RandomAccess.SetLength(_file, EndOfRecords);
        }

        return null;
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
