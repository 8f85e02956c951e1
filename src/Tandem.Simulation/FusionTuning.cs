using Tandem.Data.Metrics;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>Chooses a fusion rule by the NDCG@10 of re-ranked validation lists.</summary>
public static class FusionTuning
{
    private static readonly double[] _shares = [.. Enumerable.Range(0, 11).Select(i => i / 10.0)];

    /// <summary>The rule with the best measure; of equals the one that trusts the device more.</summary>
    /// <param name="turns">Whole lists with both sides' scores, whatever their order.</param>
    /// <returns>The rule, its name and its cloud share.</returns>
    public static ChosenFusion Choose(IReadOnlyList<Turn> turns)
    {
        // Users whose target is not on the list are missed by every rule; they count in the mean all the same.
        var ranked = turns.Where(t => double.IsFinite(t.Rank)).ToArray();
        return _shares.SelectMany(share => new[]
            {
                Judge("log-linear", share, new LogLinearFusion(share)),
                Judge("min-max", share, new MinMaxFusion(share)),
            })
            .MaxBy(c => c.Ndcg)!;

        ChosenFusion Judge(string name, double share, IFusionRule rule) =>
            new(name, share, rule, ranked.Sum(t => Gain(t, rule)) / Math.Max(1, turns.Count));
    }

    private static double Gain(Turn turn, IFusionRule rule)
    {
        var byCloud = turn.Best.OrderByDescending(r => r.CloudScore).ToArray(); // ties keep the cloud's order, as on the device
        var fused = new float[byCloud.Length];
        rule.Fuse(byCloud.Select(r => r.CloudScore).ToArray(), byCloud.Select(r => r.DeviceScore).ToArray(), turn.ListAge, fused);
        var rank = Ranking.Rank(fused, Array.FindIndex(byCloud, r => r.Item == turn.Target));
        return rank <= 10 ? 1 / Math.Log2(1 + rank) : 0;
    }
}
