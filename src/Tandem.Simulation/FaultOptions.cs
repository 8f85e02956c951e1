namespace Tandem.Simulation;

/// <summary>What goes wrong between device and cloud, as shares of calls; all 0 by default.</summary>
public sealed record FaultOptions
{
    /// <summary>Calls whose answer never comes.</summary>
    public double Lost { get; init; }

    /// <summary>Calls whose answer comes late, handed in some events after the call.</summary>
    public double Late { get; init; }

    /// <summary>Events by which a late answer is late. Default 3.</summary>
    public int LateBy { get; init; } = 3;

    /// <summary>Answers that come a second time, one event later.</summary>
    public double Repeated { get; init; }

    /// <summary>Answers that the one before overtakes: it comes again in their place, and they an event later.</summary>
    public double Reordered { get; init; }

    /// <summary>Users who are offline for <see cref="OfflineFor"/> events in a row, which begin at random.</summary>
    public double Offline { get; init; }

    /// <summary>Events of a stretch without a network. Default 5.</summary>
    public int OfflineFor { get; init; } = 5;

    /// <summary>The faults that a loop is to bear: 10 % lost, 10 % late by 3 events, 5 % repeated, 5 % reordered, 10 % offline.</summary>
    public static FaultOptions Usual { get; } = new() { Lost = 0.1, Late = 0.1, Repeated = 0.05, Reordered = 0.05, Offline = 0.1 };

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        var shares = new[] { Lost, Late, Repeated, Reordered };
        if (shares.Append(Offline).Any(share => share is not (>= 0 and <= 1))) yield return "faults: a share is not in [0, 1]";
        else if (shares.Sum() > 1)
            yield return $"faults: lost, late, repeated and reordered are {shares.Sum():0.##} of all calls; at most 1";
        if (LateBy < 1) yield return $"faults: late by {LateBy}; at least 1 event is expected";
        if (OfflineFor < 1) yield return $"faults: offline for {OfflineFor}; at least 1 event is expected";
    }
}
