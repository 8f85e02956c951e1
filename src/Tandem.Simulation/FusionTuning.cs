using Tandem.Data.Metrics;
using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>Chooses the parameter of a fusion rule on validation lists.</summary>
public static class FusionTuning
{
    private const int Depth = 10;

    private static readonly double[] _slopes = [-20, -5, 5, 20];

    /// <summary>Tunes the rule of the given kind.</summary>
    /// <param name="kind">Which rule.</param>
    /// <param name="turns">Whole lists with both sides' scores, in the cloud's order.</param>
    public static ChosenFusion Choose(FusionKind kind, IReadOnlyList<Turn> turns)
    {
        // Users whose target is not on the list are missed by every rule.
        var onList = turns.Where(t => double.IsFinite(t.Rank)).ToArray();
        return kind switch
        {
            FusionKind.Calibrated => Constant(Likeliest(onList), share => new LogLinearFusion(share)),
            FusionKind.Confidence => _slopes
                .SelectMany(slope => Shares().Select(threshold => Confident(slope, threshold))).MaxBy(c => c.Ndcg)!,
            _ => Shares().Select(share => Constant(share, own => new MinMaxFusion(own))).MaxBy(c => c.Ndcg)!,
        };

        ChosenFusion Constant(double share, Func<double, IFusionRule> create)
        {
            var rule = create(share);
            return new(kind, share, rule, Mean(rule));
        }

        ChosenFusion Confident(double slope, double threshold)
        {
            var rule = new ConfidenceFusion(slope, threshold);
            return new(kind, null, rule, Mean(rule)) { Slope = slope, Threshold = threshold };
        }

        double Mean(IFusionRule rule) => onList.Sum(t => Gain(t, rule)) / Math.Max(1, turns.Count);
    }

    /// <summary>0, 0.1 … 1, the grid of the paper's rule, and of thresholds of confidence.</summary>
    private static IEnumerable<double> Shares() => Enumerable.Range(0, 11).Select(i => i / 10.0);

    /// <summary>
    /// The share α = w_c / (w_c + w_d) of the weights that make the targets likeliest among their lists (<see cref="FusionFit"/>). The
    /// likelihood uses the score of every target and list, where NDCG@10 sees only ranks that cross a threshold; its maximum is far less
    /// noisy.
    /// </summary>
    private static double Likeliest(Turn[] turns)
    {
        var weights = FusionFit.Fit(age: 0, [.. turns.Select(turn => turn with { Candidates = Scores(turn) })]);
        return weights.Cloud / (weights.Cloud + weights.Device);
    }

    private static CandidateScores Scores(Turn turn) => new(
        [.. turn.Best.Select(r => r.Item)], [.. turn.Best.Select(r => r.CloudScore)], [.. turn.Best.Select(r => r.DeviceScore)],
        [.. turn.Best.Select(_ => float.NaN)], turn.ListAge);

    private static double Gain(Turn turn, IFusionRule rule)
    {
        var fused = new float[turn.Best.Length];
        var (cloud, device) = (turn.Best.Select(r => r.CloudScore).ToArray(), turn.Best.Select(r => r.DeviceScore).ToArray());
        rule.Fuse(new(cloud, device, turn.ListAge), fused);
        var rank = Ranking.Rank(fused, (int)turn.Rank - 1);
        return RankingMetrics.Gain(rank, Depth);
    }
}
