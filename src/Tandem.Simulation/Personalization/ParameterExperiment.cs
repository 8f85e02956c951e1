using System.Numerics.Tensors;
using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Personalization;
using Tandem.Learning.Runs;

namespace Tandem.Simulation.Personalization;

/// <summary>What personal weights of a finished run are like, measured on its test events.</summary>
/// <param name="split">Of the run.</param>
/// <param name="maskSeen">True to leave out the items of the history.</param>
/// <param name="seed">Of swaps, codes and intervals.</param>
/// <param name="progress">Who watches.</param>
public sealed class ParameterExperiment(ISplit split, bool maskSeen, int seed, IRunProgress progress)
{
    private const int Tile = 128;

    /// <summary>The metric that rows are compared by.</summary>
    public RankMetric Metric { get; } = MetricOf(split);

    /// <summary>User AUC of sampled rankings, else NDCG@10.</summary>
    public static RankMetric MetricOf(ISplit split) =>
        RankMetric.Find(split is SampledLeaveOneOut sampled ? $"auc@{sampled.Sample}" : "ndcg@10")!;

    /// <summary>A model as it is, and with shares of the histories' items swapped for random ones.</summary>
    public IReadOnlyList<MeasuredWeights> Noise(IItemScorer model, IReadOnlyList<double> shares)
    {
        var clean = Rank(model);
        return [new("as they are", clean.Metrics, Over(clean, clean)), .. shares.Select(share =>
        {
            var noisy = Rank(new NoisyHistories(model, share, seed));
            return new MeasuredWeights(FormattableString.Invariant($"{share:0.##} swapped"), noisy.Metrics, Over(noisy, clean));
        })];
    }

    /// <summary>A model whose weights are made at every event, and by other rules.</summary>
    public IReadOnlyList<MeasuredWeights> Refresh(SequenceScorer scorer, IReadOnlyList<RefreshRule> rules)
    {
        var fresh = Rank(scorer);
        return [new("always", fresh.Metrics, Over(fresh, fresh), 100), .. rules.Select(rule =>
        {
            var held = new HeldWeights(rule);
            using var other = new SequenceScorer(scorer.Model, scorer.Successors, scorer.Contents) { Held = held.Choose };
            var ranked = Rank(other);
            return new MeasuredWeights(rule.Name, ranked.Metrics, Over(ranked, fresh), held.RefreshesPer100);
        })];
    }

    /// <summary>Weights as they are generated, and as packets bring them.</summary>
    /// <param name="scorer">Of a model with a source.</param>
    /// <param name="codes">Of its numbers; null to leave codes out.</param>
    public IReadOnlyList<MeasuredWeights> Delivery(SequenceScorer scorer, WeightCodes? codes)
    {
        var source = scorer.Model.Parameters
            ?? throw new ArgumentException("the model has no source of parameters", nameof(scorer));
        var exact = Rank(scorer);
        var rows = new List<MeasuredWeights> { new("float32", exact.Metrics, Over(exact, exact)) };
        Add("float16", numbers => Array.ConvertAll(numbers, number => (float)(Half)number));
        for (var levels = codes?.Levels ?? 0; levels > 0; levels--)
        {
            var kept = levels;
            Add($"{kept} byte{(kept == 1 ? "" : "s")} of codes", numbers => codes!.Rebuild(codes.Code(numbers), kept));
        }

        // A plan of precision keeps all bits by other numbers than 0.
        if (source.Options.Source != ParameterSourceKind.Precision) Add("no packet", numbers => new float[numbers.Length]);

        return rows;

        void Add(string name, Func<float[], float[]> delivery)
        {
            source.Delivery = delivery;
            try
            {
                var ranked = Rank(scorer);
                rows.Add(new(name, ranked.Metrics, Over(ranked, exact)));
            }
            finally
            {
                source.Delivery = null;
            }
        }
    }

    /// <summary>How much the numbers of a user change by an event, and how much they differ between users.</summary>
    public NumberFigures Figures(SequenceModel model)
    {
        var (change, events, all) = (0.0, 0L, new List<float[]>());
        var size = model.Parameters!.Size;
        foreach (var numbers in NumbersOf(model, split.Test.ToArray()))
        {
            for (var t = size; t < numbers.Length; t += size)
            {
                var before = numbers.AsSpan(t - size, size);
                var now = numbers.AsSpan(t, size);
                change += TensorPrimitives.Distance<float>(now, before) / Math.Max(1e-12, TensorPrimitives.Norm<float>(before));
                events++;
            }

            all.Add(numbers[^size..]);
        }

        var (length, spread) = Spread(all, size);
        return new(events == 0 ? 0 : change / events, length, spread);
    }

    /// <summary>[events][T × S] what is made of the history before each.</summary>
    private IEnumerable<float[]> NumbersOf(SequenceModel model, EvaluatedEvent[] events) => events
        .Where(e => e.Position > 0).OrderBy(e => e.Position).Chunk(Tile)
        .SelectMany(tile => SequenceScorer.Numbers(model, [.. tile.Select(e => split.Dataset.Prefix(e.User, e.Position))]));

    private static (double Length, double Spread) Spread(List<float[]> all, int size)
    {
        var mean = new double[size];
        foreach (var own in all) for (var i = 0; i < size; i++) mean[i] += own[i] / (double)all.Count;
        var variance = all.Average(own => Enumerable.Range(0, size).Sum(i => Math.Pow(own[i] - mean[i], 2)));
        return (all.Average(own => (double)TensorPrimitives.Norm<float>(own)), Math.Sqrt(variance));
    }

    private RunEvaluation Rank(IItemScorer model) => RunEvaluation.Of(model, split, maskSeen, progress);

    private PairedDifference Over(RunEvaluation one, RunEvaluation other)
    {
        int[] users = [.. split.Test.ToArray().Select(e => e.User)];
        return PairedBootstrap.Compare(
            UserMeans.Of(users, Metric.OfEvents(one.Ranks)), UserMeans.Of(users, Metric.OfEvents(other.Ranks)), seed);
    }
}
