using Tandem.Data;
using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>A model ranked once over a split's test events: metrics, slices, and the ranks by which runs compare.</summary>
public sealed record RunEvaluation
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

    /// <summary>Test events whose item is in their history. Where seen items are masked, no model can rank them: they are misses.</summary>
    public required int TargetsInHistory { get; init; }

    /// <summary>What a reader of the metrics has to know where seen items are masked; null where there is nothing.</summary>
    public string? Warning(bool maskSeen) => TargetsInHistory == 0 || !maskSeen
        ? null
        : $"{TargetsInHistory} of {Ranks.Length} test targets are in the user's history and count as misses; "
            + "use --duplicates first at data prepare, or --repeats";

    /// <summary>Ranks all test events.</summary>
    /// <param name="model">The recommender.</param>
    /// <param name="split">Its test events.</param>
    /// <param name="maskSeen">True to leave out the items of the history.</param>
    /// <param name="progress">Receives how many are ranked.</param>
    /// <param name="sampled">
    /// Items that each target is ranked among, drawn from the seed; 0 for those of the split, which are the whole catalogue but for
    /// <see cref="SampledLeaveOneOut"/>.
    /// </param>
    /// <param name="seed">Of the sample.</param>
    /// <exception cref="RunException">No score of the model is a number, so that there is nothing to measure.</exception>
    public static RunEvaluation Of(
        IItemScorer model, ISplit split, bool maskSeen, IRunProgress progress, int sampled = 0, int seed = 0)
    {
        if (sampled == 0 && split is SampledLeaveOneOut { Sample: var items }) (sampled, seed) = (items, split.Dataset.Seed);
        var cases = RankedCases.Of(split.Dataset, split.Test.ToArray());
        var (ranks, areas, lists) = (new double[cases.Count], new double[cases.Count], new int[cases.Count][]);
        var samples = sampled == 0 ? null : new SampledScores(cases.Count);
        FullRanking.Visit(model, cases, maskSeen, (i, scores) =>
        {
            var sample = sampled == 0 ? null : Sample(model.ItemCount, sampled, cases, i, seed);
            ranks[i] = sample is null ? Ranking.Rank(scores, cases.Target(i)) : Ranking.RankAmong(scores, cases.Target(i), sample);
            areas[i] = sample is null
                ? Area(ranks[i], Rivals(model.ItemCount, cases.History(i), maskSeen))
                : samples!.Add(i, cases.Target(i), sample, scores);
            lists[i] = Best(scores);
        }, done => progress.Report("evaluation", done, cases.Count));

        if (lists.All(list => list.Length == 0))
        {
            throw new RunException(
                $"'{model.Kind}' gives no item a score that is a number, so nothing can be ranked; train it again, with a lower learning "
                    + "rate");
        }

        var popularity = ItemPopularity.OfTraining(split);
        var ndcg = new RankingMetrics(ranks).NdcgByUser(Depth);
        return new()
        {
            Metrics = Measure(ranks, areas, samples, lists, popularity, cases),
            ByHistoryLength = Slice([.. Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Length)], ndcg),
            ByTargetPopularity = Slice([.. Enumerable.Range(0, cases.Count).Select(i => popularity[cases.Target(i)])], ndcg),
            Ranks = ranks,
            TargetsInHistory = Enumerable.Range(0, cases.Count).Count(i => cases.History(i).Items.Span.Contains(cases.Target(i))),
        };
    }

    /// <summary>Leaves ranks and metrics in the run's folder, for compare.</summary>
    public void Write(string folder, ISplit split, string model, int seed, bool maskSeen) =>
        EvaluationTable.Of(split, Ranks, model, seed, maskSeen, Metrics).Write(folder);

    private static Dictionary<string, double> Measure(
        double[] ranks, double[] areas, SampledScores? samples, int[][] lists, ItemPopularity popularity, RankedCases cases)
    {
        var metrics = new Dictionary<string, double>();
        foreach (
            var name in new[] { "recall@10", "ndcg@10", "recall@5", "ndcg@5", "recall@50", "ndcg@50", "mrr", "precision@10", "map@10" })
        {
            metrics[name] = RankMetric.Find(name)!.OfEvents(ranks).Average();
        }

        metrics["auc"] = samples?.Area() ?? areas.Average();
        if (samples is not null) metrics["userAuc"] = areas.Average();
        var shown = new ListMetrics(lists, popularity);
        metrics["coverage@10"] = shown.Coverage();
        metrics["gini@10"] = shown.Gini();
        metrics["novelty@10"] = shown.Novelty();
        var histories = Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Items.ToArray());
        // It divides by the popularity of what users chose, of which nothing may be known: all of them can be cold.
        if (histories.Any(history => history.Any(item => popularity[item] > 0)))
        {
            metrics["popularityLift@10"] =
            shown.PopularityLift(histories);
        }

        return metrics;
    }

    /// <summary>Share of the other ranked items that score below the target, ties counted against it: the event's AUC.</summary>
    private static double Area(double rank, int rivals) => rivals < 1 ? 0 : Math.Max(0, 1 - (rank - 1) / rivals);

    /// <summary>How many items a target is ranked against.</summary>
    private static int Rivals(int items, History history, bool maskSeen) =>
        items - 1 - (maskSeen ? history.Items.ToArray().Distinct().Count() : 0);

    /// <summary>Distinct items that are neither the target nor of the history.</summary>
    private static int[] Sample(int items, int count, RankedCases cases, int index, int seed)
    {
        var random = NamedSeed.Create(seed, "sampled candidates", index);
        var taken = cases.History(index).Items.ToArray().Append(cases.Target(index)).ToHashSet();
        var sample = new int[Math.Min(count, items - taken.Count)];
        for (var i = 0; i < sample.Length; i++)
        {
            do sample[i] = random.Next(1, items + 1);
            while (!taken.Add(sample[i]));
        }

        return sample;
    }

    private static int[] Best(ReadOnlySpan<float> scores)
    {
        Span<int> items = stackalloc int[Depth];
        Span<float> best = stackalloc float[Depth];
        return items[..TopItems.Choose(scores, items, best)].ToArray();
    }

    private static MetricSlice[] Slice(int[] keys, double[] values) =>
        MetricSlice.By(keys, values, MetricSlice.QuantileEdges(keys, Slices));
}
