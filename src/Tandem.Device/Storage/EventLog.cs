using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol;

namespace Tandem.Device.Storage;

/// <summary>
/// A user's events in one file that only grows, so that a crash at any byte costs at most the event being written. What survives
/// a power cut is said in <see cref="EventLogOptions"/>. One opener at a time has it, in whatever process: it holds a lock on the file
/// <c>.lock</c> beside the log, which stays there. New files are readable by their user alone. Not for use by two threads at once.
/// </summary>
public sealed class EventLog : IDisposable
{
    private const string SessionsLog = "is a session's log and no outbox; keep each in a file of its own";
    private const string Outbox = "is an outbox and no session's log; keep each in a file of its own";
    private const string NoFile = "is no regular file; choose another path";

    private readonly string _path;
    private readonly string _catalogVersion;
    private readonly EventLogOptions _options;
    private FileStream? _lock;
    private FileStream? _file;      // null for a moment at compaction, and from a failure to open it again to the next record
    private uint _checksum;         // of the last record
    private int _unflushed;

    private readonly uint _newOrigin;

    private EventLog(string path, string catalogVersion, EventLogOptions options, uint newOrigin)
    {
        (_path, _catalogVersion, _options) = (FileLink.FinalTarget(path), catalogVersion, options);
        (_newOrigin, Origin) = (newOrigin, newOrigin);
    }

    /// <summary>Events before the first record, as the last <see cref="Compact"/> said; 0 before any.</summary>
    public long BaseCount { get; private set; }

    /// <summary>Records in the file, undos among them.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of a torn last record that were cut off when the log was opened.</summary>
    public long CutOffBytes { get; private set; }

    /// <summary>What was wrong with the file when it was opened; null where nothing was but a torn last record.</summary>
    public EventLogDamage? Damage { get; private set; }

    /// <summary>
    /// 0 for a session's log. For an outbox a number of the file alone: another one wherever its events may be numbered anew.
    /// </summary>
    internal uint Origin { get; private set; }

    private long EndOfRecords => EventLogHeader.SizeBytes + (long)Count * EventRecord.SizeBytes;

    /// <summary>
    /// Opens a log, or begins one where there is no file. A torn last record is cut off. Where others are damaged, the file is kept as it
    /// is beside the log (<see cref="Damage"/>) and the log goes on with the records that can be read, before and behind the damage. A
    /// file of another kind, format or catalogue is refused and left as it is. Never throws on what the file holds.
    /// </summary>
    /// <param name="path">A file in an existing folder, or a link to one.</param>
    /// <param name="catalogVersion">The numbering of the items, from the bundle's manifest.</param>
    /// <param name="options">When to flush.</param>
    /// <param name="log">The open log, or null.</param>
    /// <param name="events">Its records, oldest first; empty where the log is refused.</param>
    /// <param name="fault">Why the file is refused, and what to do, or null.</param>
    /// <exception cref="ArgumentException">A text is null or empty, or <see cref="EventLogOptions.FlushEvery"/> is negative.</exception>
    public static bool TryOpen(
        string path,
        string catalogVersion,
        EventLogOptions options,
        [NotNullWhen(true)] out EventLog? log,
        out IReadOnlyList<LoggedEvent> events,
        [NotNullWhen(false)] out string? fault) => TryOpen(path, catalogVersion, options, newOrigin: 0, out log, out events, out fault);

    /// <summary>Opens a log of a session, or with an origin that of an outbox; either refuses the other's.</summary>
    internal static bool TryOpen(
        string path,
        string catalogVersion,
        EventLogOptions options,
        uint newOrigin,
        [NotNullWhen(true)] out EventLog? log,
        out IReadOnlyList<LoggedEvent> events,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(catalogVersion);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.FlushEvery);
        (events, log) = ([], null);
        EventLog? opened = null;
        try
        {
            opened = new(path, catalogVersion, options, newOrigin);
            fault = opened.Recover(ref events);
            if (fault is null) log = opened;
            else fault = $"{path} {fault}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            fault = $"{path} cannot be opened: {e.Message}";
        }
        finally
        {
            if (log is null) opened?.Close();
        }

        return log is not null;
    }

    /// <summary>Adds a record. Allocates nothing.</summary>
    /// <param name="e">What happened.</param>
    /// <exception cref="ArgumentException">
    /// An observed item below 1 or value that is not finite, an undo with an item, or an unknown kind.
    /// </exception>
    /// <exception cref="IOException">The record could not be written or flushed, as on a full disk. The log stands as before, and the
    /// next record takes its place; should the process end first, the event may be there or not.</exception>
    public void Append(in LoggedEvent e)
    {
        ObjectDisposedException.ThrowIf(_lock is null, this);
        Check(e, nameof(e));
        Span<byte> record = stackalloc byte[EventRecord.SizeBytes];
        var checksum = EventRecord.Write(record, Count, e, _checksum);
        RandomAccess.Write(OpenFile().SafeFileHandle, record, EndOfRecords);
        if (_unflushed + 1 == _options.FlushEvery) Flush();
        else _unflushed++;
        _checksum = checksum;
        Count++;
    }

    /// <summary>Brings everything to disk: from here on a power cut loses none of it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_lock is null, this);
        RandomAccess.FlushToDisk(OpenFile().SafeFileHandle);
        _unflushed = 0;
    }

    /// <summary>
    /// Puts a new file in the place of the log: written beside it, flushed, renamed over it. After a crash there is the old log or the
    /// new one. (Whether a rename outlives a power cut is the file system's to say: .NET cannot flush a folder.) Nobody else can open the
    /// log meanwhile.
    /// </summary>
    /// <param name="baseCount">Events before the first of <paramref name="keep"/>, from the user's first on.</param>
    /// <param name="keep">The records of the new log, oldest first.</param>
    /// <exception cref="ArgumentException">A record is none that <see cref="Append"/> would take.</exception>
    /// <exception cref="IOException">The new file could not be written, and the log stands as before.</exception>
    public void Compact(long baseCount, ReadOnlySpan<LoggedEvent> keep)
    {
        ObjectDisposedException.ThrowIf(_lock is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(baseCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(baseCount, EventLogHeader.MostEvents);
        foreach (ref readonly var e in keep) Check(e, nameof(keep));
        Replace(baseCount, keep);
    }

    /// <summary>Flushes to disk and closes.</summary>
    /// <exception cref="IOException">The disk refuses; the log is closed all the same.</exception>
    public void Dispose()
    {
        try
        {
            if (_lock is not null && _unflushed > 0) Flush();
        }
        finally
        {
            Close();
        }
    }

    private static void Check(in LoggedEvent e, string name)
    {
        if (!e.IsSound)
            throw new ArgumentException($"{e} is no event: observe an item from 1 with a finite value, or undo without an item", name);
    }

    private void Replace(long baseCount, ReadOnlySpan<LoggedEvent> keep)
    {
        var content = EventLogContent.Build(_catalogVersion, baseCount, Origin, keep, out var checksum);
        CloseFile(); // Windows renames over no open file. It is opened again by whoever needs it next.
        try
        {
            DurableFile.Write(_path, stream => stream.Write(content), isPrivate: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"the log's folder refuses a new file: {e.Message}", e);
        }

        (BaseCount, Count, _checksum, _unflushed) = (baseCount, keep.Length, checksum, 0);
    }

    private string? Recover(ref IReadOnlyList<LoggedEvent> events)
    {
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder && !Directory.Exists(folder))
            return $"cannot be opened: there is no folder {folder}; create it first";
        if (Directory.Exists(_path)) return "cannot be opened: it is a folder; give the path of a file";
        if (IsDevice(_path)) return NoFile;
        _lock = new($"{_path}.lock", DurableFile.Private(FileMode.OpenOrCreate));
        if (!File.Exists(_path)) Replace(baseCount: 0, []);

        var found = ReadFile();
        var header = found[..Math.Min(found.Length, EventLogHeader.SizeBytes)];
        var isMended = EventLogHeader.TryMend(header);
        if (EventLogHeader.FaultOf(header, _catalogVersion) is { } fault) return fault;
        if (header.Length < EventLogHeader.SizeBytes) return Begin(header.Length);

        Origin = EventLogHeader.Origin(header);
        if ((Origin == 0) != (_newOrigin == 0)) return Origin == 0 ? SessionsLog : Outbox;
        var reading = EventLogReading.Of(found, EventLogHeader.Checksum(header));
        events = reading.Events;
        (BaseCount, Count, _checksum, CutOffBytes) = (EventLogHeader.BaseCount(header), events.Count, reading.Checksum, reading.TornBytes);
        if (reading.IsDamaged || isMended) SetAside(found, reading.Lost, events);
        // No flush: should a power cut bring the torn bytes back, their checksum does not go on from what is written next.
        else if (CutOffBytes > 0) RandomAccess.SetLength(OpenFile().SafeFileHandle, EndOfRecords);
        return null;
    }

    /// <summary>
    /// Whether a file that seems empty is a pipe or a device: it cannot be sought, has content all the same, or is not in a folder for
    /// files. Opened for reading and writing, not even a pipe makes its opener wait.
    /// </summary>
    private static bool IsDevice(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: 0 }) return false;
        if (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)) return true;
        using var file = new FileStream(path, DurableFile.Private(FileMode.Open));
        return !file.CanSeek || file.ReadByte() >= 0;
    }

    private byte[] ReadFile()
    {
        var file = OpenFile();
        if (file.Length > Array.MaxLength) throw new IOException($"it has {file.Length} bytes, expected at most {Array.MaxLength}");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Begins anew a file whose first bytes were not all written.</summary>
    private string? Begin(int foundBytes)
    {
        var empty = EventLogContent.Build(_catalogVersion, baseCount: 0, _newOrigin, [], out _checksum);
        RandomAccess.Write(OpenFile().SafeFileHandle, empty, 0);
        CutOffBytes = foundBytes;
        return OpenFile().Length >= empty.Length ? null : NoFile; // a device like /dev/null takes everything and keeps nothing
    }

    /// <summary>Keeps the file as it was found beside the log, which then gets the records that can be read.</summary>
    private void SetAside(byte[] found, int lost, IReadOnlyList<LoggedEvent> events)
    {
        var n = 1;
        while (File.Exists($"{_path}.damaged-{n}")) n++;
        Damage = new(lost, $"{_path}.damaged-{n}");
        Origin = _newOrigin; // for events behind the damage have other numbers now
        DurableFile.Write(Damage.File, stream => stream.Write(found), isPrivate: true);
        Replace(BaseCount, [.. events]);
    }

    private FileStream OpenFile()
    {
        try
        {
            return _file ??= new(_path, DurableFile.Private(FileMode.Open));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Close()
    {
        CloseFile();
        _lock?.Dispose();
        _lock = null;
    }
}
