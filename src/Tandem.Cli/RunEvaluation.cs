using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning;
using Tandem.Learning.Training;

namespace Tandem.Cli;

/// <summary>A model ranked once over a split's test events: metrics, slices, and the ranks by which runs compare.</summary>
internal sealed record RunEvaluation
{
    private const int Depth = 10;
    private const int Slices = 4;

    /// <summary>By name: recall@10, ndcg@10 and others, means over events; then what the lists of ten are like.</summary>
    public required Dictionary<string, double> Metrics { get; init; }

    /// <summary>NDCG@10 by the length of the history, in about equal parts.</summary>
    public required IReadOnlyList<MetricSlice> ByHistoryLength { get; init; }

    /// <summary>NDCG@10 by how many users have the target among what trains, in about equal parts.</summary>
    public required IReadOnlyList<MetricSlice> ByTargetPopularity { get; init; }

    /// <summary>[events] pessimistic ranks of the targets.</summary>
    public required double[] Ranks { get; init; }

    public static RunEvaluation Of(IItemScorer model, ISplit split, bool maskSeen, Action<int>? report = null)
    {
        var cases = RankedCases.Of(split.Dataset, split.Test.ToArray());
        var (ranks, areas, lists) = (new double[cases.Count], new double[cases.Count], new int[cases.Count][]);
        FullRanking.Visit(model, cases, maskSeen, (i, scores) =>
        {
            ranks[i] = Ranking.Rank(scores, cases.Target(i));
            areas[i] = Area(scores, cases.Target(i));
            lists[i] = Best(scores);
        }, report);

        var popularity = ItemPopularity.OfTraining(split);
        var ndcg = new RankingMetrics(ranks).NdcgByUser(Depth);
        return new()
        {
            Metrics = Measure(ranks, areas, lists, popularity, cases),
            ByHistoryLength = Slice([.. Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Length)], ndcg),
            ByTargetPopularity = Slice([.. Enumerable.Range(0, cases.Count).Select(i => popularity[cases.Target(i)])], ndcg),
            Ranks = ranks,
        };
    }

    /// <summary>Leaves ranks and metrics in the run's folder, for compare.</summary>
    public void Write(string folder, ISplit split, string model, int seed, bool maskSeen) =>
        EvaluationTable.Of(split, Ranks, model, seed, maskSeen, Metrics).Write(folder);

    private static Dictionary<string, double> Measure(
        double[] ranks, double[] areas, int[][] lists, ItemPopularity popularity, RankedCases cases)
    {
        var metrics = new Dictionary<string, double>();
        foreach (var name in new[] { "recall@10", "ndcg@10", "recall@5", "ndcg@5", "recall@50", "ndcg@50", "mrr", "precision@10", "map@10" })
            metrics[name] = RankMetric.Find(name)!.OfEvents(ranks).Average();
        metrics["auc"] = areas.Average();
        var shown = new ListMetrics(lists, popularity);
        metrics["coverage@10"] = shown.Coverage();
        metrics["gini@10"] = shown.Gini();
        metrics["novelty@10"] = shown.Novelty();
        metrics["popularityLift@10"] = shown.PopularityLift(Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Items.ToArray()));
        return metrics;
    }

    /// <summary>Share of the other ranked items that score below the target, ties counted against it: the event's AUC.</summary>
    private static double Area(ReadOnlySpan<float> scores, int target)
    {
        var masked = 0;
        foreach (var score in scores) masked += float.IsNegativeInfinity(score) ? 1 : 0;
        var rivals = scores.Length - masked - (float.IsNegativeInfinity(scores[target]) ? 0 : 1);
        return rivals < 1 ? 0 : Math.Max(0, 1 - (Ranking.Rank(scores, target) - 1) / rivals);
    }

    private static int[] Best(ReadOnlySpan<float> scores)
    {
        Span<int> items = stackalloc int[Depth];
        Span<float> best = stackalloc float[Depth];
        return items[..TopItems.Choose(scores, items, best)].ToArray();
    }

    private static MetricSlice[] Slice(int[] keys, double[] values) => MetricSlice.By(keys, values, MetricSlice.QuantileEdges(keys, Slices));
}
