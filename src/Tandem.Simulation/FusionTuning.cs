using Tandem.Data.Metrics;
using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>Chooses the parameter of a fusion rule on validation lists.</summary>
public static class FusionTuning
{
    private const int Depth = 10;
    private const int NewtonSteps = 30;
    private const double LeastShare = 1e-9; // of a step

    /// <summary>Tunes the rule of the given kind.</summary>
    /// <param name="kind">Which rule.</param>
    /// <param name="turns">Whole lists with both sides' scores, in the cloud's order.</param>
    public static ChosenFusion Choose(FusionKind kind, IReadOnlyList<Turn> turns)
    {
        // Users whose target is not on the list are missed by every rule.
        var onList = turns.Where(t => double.IsFinite(t.Rank)).ToArray();
        return kind == FusionKind.Calibrated ? Judge(Likeliest(onList)) : Shares().Select(Judge).MaxBy(c => c.Ndcg)!;

        ChosenFusion Judge(double share)
        {
            IFusionRule rule = kind == FusionKind.Calibrated ? new LogLinearFusion(share) : new MinMaxFusion(share);
            return new(kind, share, rule, onList.Sum(t => Gain(t, rule)) / Math.Max(1, turns.Count));
        }
    }

    /// <summary>0, 0.1 … 1, the grid of the paper's rule.</summary>
    private static IEnumerable<double> Shares() => Enumerable.Range(0, 11).Select(i => i / 10.0);

    /// <summary>
    /// The share α = a / (a + b) whose weights make the targets likeliest among their lists: conditional logit,
    /// p(target) = softmax(a · cloud + b · device). The likelihood uses the score of every target and list, where NDCG@10 sees only
    /// ranks that cross a threshold; its maximum is far less noisy. Concave in (a, b), so Newton's method finds it, with steps that
    /// never lose likelihood: whole ones overshoot where a side's scores are large.
    /// </summary>
    private static double Likeliest(Turn[] turns)
    {
        var (a, b) = (0.0, 0.0);
        var likelihood = LogLikelihood(turns, a, b);
        for (var step = 0; step < NewtonSteps; step++)
        {
            var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            foreach (var turn in turns)
            {
                var (mean, second) = Moments(turn.Best, a, b);
                var target = turn.Best[(int)turn.Rank - 1];
                ga += target.CloudScore - mean.Cloud;
                gb += target.DeviceScore - mean.Device;
                haa += second.CloudCloud - mean.Cloud * mean.Cloud;
                hab += second.CloudDevice - mean.Cloud * mean.Device;
                hbb += second.DeviceDevice - mean.Device * mean.Device;
            }

            var determinant = haa * hbb - hab * hab;
            var (toA, toB, share) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant, 1.0);
            var reached = LogLikelihood(turns, a + toA, b + toB);
            while (!(reached >= likelihood) && share > LeastShare)
            {
                share /= 2;
                reached = LogLikelihood(turns, a + share * toA, b + share * toB);
            }

            if (!(reached > likelihood)) break;
            (a, b, likelihood) = (a + share * toA, b + share * toB, reached);
        }

        // A side that would speak against its own scores is not listened to.
        return (a, b) switch
        {
            ( <= 0, _) => 0,
            (_, <= 0) => 1,
            _ => a / (a + b),
        };
    }

    /// <summary>ln p(target) over all lists.</summary>
    private static double LogLikelihood(Turn[] turns, double a, double b) => turns.Sum(turn =>
    {
        double[] scores = [.. turn.Best.Select(r => a * r.CloudScore + b * r.DeviceScore)];
        var greatest = scores.Max();
        return scores[(int)turn.Rank - 1] - greatest - Math.Log(scores.Sum(score => Math.Exp(score - greatest)));
    });

    /// <summary>E[x] and E[x xᵀ] of (cloud, device) under softmax(a · cloud + b · device) over the list.</summary>
    private static ((double Cloud, double Device) Mean, (double CloudCloud, double CloudDevice, double DeviceDevice) Second) Moments(
        Recommendation[] list, double a, double b)
    {
        var greatest = list.Max(r => a * r.CloudScore + b * r.DeviceScore);
        var (sum, c, d, cc, cd, dd) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (cloud, device) in list.Select(r => ((double)r.CloudScore, (double)r.DeviceScore)))
        {
            var weight = Math.Exp(a * cloud + b * device - greatest);
            sum += weight;
            c += weight * cloud;
            d += weight * device;
            cc += weight * cloud * cloud;
            cd += weight * cloud * device;
            dd += weight * device * device;
        }

        return ((c / sum, d / sum), (cc / sum, cd / sum, dd / sum));
    }

    private static double Gain(Turn turn, IFusionRule rule)
    {
        var fused = new float[turn.Best.Length];
        var (cloud, device) = (turn.Best.Select(r => r.CloudScore).ToArray(), turn.Best.Select(r => r.DeviceScore).ToArray());
        rule.Fuse(new(cloud, device, turn.ListAge), fused);
        var rank = Ranking.Rank(fused, (int)turn.Rank - 1);
        return RankingMetrics.Gain(rank, Depth);
    }
}
