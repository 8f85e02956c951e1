using Tandem.Device.Storage;

namespace Tandem.Cli.Drill;

/// <summary>
/// Bits of a log are flipped, one at a time: the events before it are kept, those behind it kept or set aside with their number.
/// </summary>
internal sealed class FlipDrill
{
    private const int Events = 1_000;
    private const string Catalog = "drill";

    private static readonly EventLogOptions _options = new() { FlushEvery = 0 };

    private readonly DrillFigures _figures;
    private readonly string _path;
    private readonly byte[] _whole;
    private readonly LoggedEvent[] _written = [.. Enumerable.Range(1, Events).Select(i => LoggedEvent.Observe(i, 1_700_000_000 + i))];

    /// <param name="figures">Counts.</param>
    /// <param name="folder">For the log.</param>
    public FlipDrill(DrillFigures figures, string folder)
    {
        (_figures, _path) = (figures, Path.Combine(folder, "flipped"));
        using (var log = Open(out _))
        {
            foreach (var e in _written) log.Append(e);
        }

        _whole = File.ReadAllBytes(_path);
    }

    /// <summary>True when every bit had its turn.</summary>
    public bool IsDone => _figures.Flips >= 8 * _whole.Length;

    /// <summary>Flips the next bit.</summary>
    public void Run()
    {
        var bit = _figures.Flips++;
        var flipped = _whole.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        File.WriteAllBytes(_path, flipped);
        using var log = Open(out var events);
        var before = Math.Max(0, bit / 8 - EventLogHeader.SizeBytes) / EventRecord.SizeBytes;
        if (log.Damage is not { } damage || !IsAccounted(events, before, damage, flipped))
        {
            _figures.FlipsUnaccounted++;
            _figures.Faults.Add($"bit {bit}: {events.Count} of {Events} events, {log.Damage}");
        }

        if (log.Damage is not null) File.Delete(log.Damage.File);
    }

    private bool IsAccounted(IReadOnlyList<LoggedEvent> events, int before, EventLogDamage damage, byte[] found) =>
        events.Count + damage.Events == Events
        && events.Take(before).SequenceEqual(_written[..before])
        && events.TakeLast(Events - before - 1).SequenceEqual(_written[(before + 1)..])
        && File.ReadAllBytes(damage.File).AsSpan().SequenceEqual(found);

    private EventLog Open(out IReadOnlyList<LoggedEvent> events) =>
        EventLog.TryOpen(_path, Catalog, _options, out var log, out events, out var fault) ? log : throw new IOException(fault);
}
