namespace Tandem.Cli.Drill;

/// <summary>What the drill did and what came of it; every field but the counts of tries is to be 0.</summary>
internal sealed record DrillFigures
{
    /// <summary>Every random choice derives from it.</summary>
    public required int Seed { get; init; }

    /// <summary>How long it ran.</summary>
    public double Minutes { get; set; }

    /// <summary>Processes killed while they logged.</summary>
    public int Kills { get; set; }

    /// <summary>Pairs of processes that wanted one log.</summary>
    public int Pairs { get; set; }

    /// <summary>Disks filled to the last byte while a session logged; 0 where none could be had.</summary>
    public int FullDisks { get; set; }

    /// <summary>Events that were acknowledged, each counted once.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Acknowledged events that were not there afterwards, or were others.</summary>
    public long Lost { get; set; }

    /// <summary>Bits flipped in a log of 1,000 events, one at a time and in order.</summary>
    public int Flips { get; set; }

    /// <summary>Flips after which an event was neither kept nor counted as set aside.</summary>
    public int FlipsUnaccounted { get; set; }

    /// <summary>Files with right checksums and wrong contents that were handed over.</summary>
    public int Lies { get; set; }

    /// <summary>Exceptions that nobody had promised, rankings that are no numbers among them.</summary>
    public int Unhandled { get; set; }

    /// <summary>The first of them.</summary>
    public List<string> Faults { get; } = [];
}
