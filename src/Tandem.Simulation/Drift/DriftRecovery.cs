using Tandem.Data;

namespace Tandem.Simulation.Drift;

/// <summary>When a hit rate is back where it was.</summary>
/// <param name="options">The running mean, the share, the resamples and their seed.</param>
public sealed class DriftRecovery(DriftOptions options)
{
    /// <summary>
    /// How many events of the new taste had been seen at the first of those from which the running mean stays at the bar or above, to the
    /// end of the horizon.
    /// </summary>
    /// <param name="curve">[horizon] hit rate of each event after the switch.</param>
    /// <param name="bar">What is to be reached.</param>
    /// <returns>From 0; null where the last running mean is below the bar.</returns>
    public int? Events(ReadOnlySpan<double> curve, double bar)
    {
        int? since = null;
        for (var start = curve.Length - options.Smoothing; start >= 0; start--)
        {
            var sum = 0.0;
            foreach (var rate in curve.Slice(start, options.Smoothing)) sum += rate;
            if (sum / options.Smoothing < bar - 1e-12) break; // rounding of a sum must not cost an event
            since = start;
        }

        return since;
    }

    /// <summary>Events to recover to the share of the model's own hit rate before the switch, over users.</summary>
    public int? Events(DriftHits hits) => Events(hits, [.. Enumerable.Range(0, hits.After.Length)]);

    /// <summary>The 2.5 and 97.5 percentiles over draws of users with replacement; null where the hit rate does not recover.</summary>
    public (int? Lower, int? Upper) Interval(DriftHits hits)
    {
        var random = NamedSeed.Create(options.Seed, "drift bootstrap");
        var (users, drawn) = (new int[hits.After.Length], new int[options.Resamples]);
        foreach (ref var events in drawn.AsSpan())
        {
            foreach (ref var user in users.AsSpan()) user = random.Next(users.Length);
            events = Events(hits, users) ?? int.MaxValue;
        }

        Array.Sort(drawn);
        return (At(0.025), At(0.975));

        int? At(double share) => drawn[(int)Math.Round(share * (drawn.Length - 1))] is var events and < int.MaxValue ? events : null;
    }

    private int? Events(DriftHits hits, ReadOnlySpan<int> users)
    {
        var (before, curve) = (0.0, new double[options.Horizon]);
        foreach (var user in users)
        {
            foreach (var hit in hits.Before[user]) before += hit;
            for (var i = 0; i < curve.Length; i++) curve[i] += hits.After[user][i];
        }

        return Events(curve, options.Share * before / options.Baseline); // sums over users on both sides
    }
}
