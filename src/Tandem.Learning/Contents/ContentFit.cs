using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Data.Metrics;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Contents;

/// <summary>How a content joins a trained model, chosen on validation events: once over a grid, once more around its best point.</summary>
/// <param name="Join">The best of all that were tried; weight 0 where nothing was better than the model without it.</param>
/// <param name="Validation">NDCG@10 with it.</param>
/// <param name="Without">NDCG@10 without it.</param>
public sealed record ContentFit(ContentJoin Join, double Validation, double Without)
{
    private const int Depth = 10;
    private static readonly double[] _weights = [0, 0.35, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22];
    private static readonly double[] _decays = [0.35, 0.5, 0.65, 0.8, 0.9, 0.97];
    private static readonly double[] _finerWeights = [0.75, 0.85, 0.92, 1, 1.08, 1.18, 1.3];
    private static readonly double[] _finerDecays = [0.9, 1, 1.08];

    /// <summary>Chooses decay and weight.</summary>
    /// <param name="model">With all else that joins its scores, and without this content; has not learned the validation events.</param>
    /// <param name="name">Of the content.</param>
    /// <param name="rows">Its vectors.</param>
    /// <param name="recent">How many of a history's last events are read.</param>
    /// <param name="cases">Validation events; one at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="report">Gets the cases done and their number over both passes.</param>
    /// <param name="scale">
    /// By which the weights of the grid, 0.35 to 22, are multiplied: larger where a model's scores lie far apart. Default 1.
    /// </param>
    /// <param name="ofOthers">
    /// True where the model scores an item of the history by what the others of it are like, as models of codes do; false, the default,
    /// where by all, as sequence models do.
    /// </param>
    /// <exception cref="TrainingException">There is no validation event.</exception>
    public static ContentFit Choose(
        IItemScorer model, string name, ContentRows rows, int recent, RankedCases cases, bool maskSeen,
        Action<int, int>? report = null, double scale = 1, bool ofOthers = false)
    {
        if (cases.Count == 0)
        {
            throw new TrainingException(
                $"text: there is no validation event to choose the weight of '{name}' by; give longer histories or leave text off");
        }

        using var inner = TorchThreads.One(); // as in a training's validation: no figure depends on the number of threads
        var join = new ContentJoin { Name = name, Width = rows.Width, Recent = recent, RecencyDecay = 1, Weight = 1 };
        var coarse = Best(_decays, [.. _weights.Select(weight => scale * weight)], 0);
        var without = coarse.First; // weight 0
        if (coarse.Join.Weight == 0) return new(coarse.Join, without, without);
        var fine = Best(
            [.. _finerDecays.Select(factor => Math.Min(1, factor * coarse.Join.RecencyDecay))],
            [.. _finerWeights.Select(factor => factor * coarse.Join.Weight)], cases.Count);
        return fine.Ndcg > coarse.Ndcg ? new(fine.Join, fine.Ndcg, without) : new(coarse.Join, coarse.Ndcg, without);

        (ContentJoin Join, double Ndcg, double First) Best(double[] decays, double[] weights, int done)
        {
            var gains = Gains(
                model, rows, [.. decays.Select(decay => join with { RecencyDecay = decay })], weights, cases, maskSeen, ofOthers,
                ranked => report?.Invoke(done + Math.Min(ranked, cases.Count), 2 * cases.Count));
            var best = Array.IndexOf(gains, gains.Max()); // of equal ones the first
            return (join with { RecencyDecay = decays[best / weights.Length], Weight = weights[best % weights.Length] },
                gains[best], gains[0]);
        }
    }

    /// <summary>[joins × weights] NDCG@10, from one pass over the model's scores.</summary>
    private static double[] Gains(
        IItemScorer model, ContentRows rows, ContentJoin[] joins, double[] weights, RankedCases cases, bool maskSeen,
        bool ofOthers, Action<int> report)
    {
        var columns = joins.Length * weights.Length;
        var ranks = new byte[cases.Count * columns]; // 1 … 10, or more
        var table = Profiles.Table(rows);
        var idle = new ConcurrentBag<Scratch>();
        FullRanking.Visit(model, cases, maskSeen, (index, scores) =>
        {
            if (!idle.TryTake(out var own)) own = new(table, joins, weights, ofOthers);
            own.Rank(cases.History(index).Items.Span, scores, cases.Target(index), ranks.AsSpan(index * columns, columns));
            idle.Add(own);
        }, report);
        return [.. Enumerable.Range(0, columns).Select(column =>
            Enumerable.Range(0, cases.Count).Average(i => RankingMetrics.Gain(ranks[i * columns + column], Depth)))];
    }

    /// <summary>A target's rank under many joins. Not for use by two threads at once.</summary>
    private sealed class Scratch(float[] table, ContentJoin[] joins, double[] weights, bool ofOthers)
    {
        private readonly ContentProfile[] _profiles = [.. joins.Select(join => new ContentProfile(join))];
        private readonly float[] _cosines = new float[table.Length / joins[0].Width]; // [V + 1]

        /// <summary>Ranks from 1; ties count against the target.</summary>
        public void Rank(ReadOnlySpan<int> history, ReadOnlySpan<float> scores, int target, Span<byte> ranks)
        {
            ranks.Fill(Depth + 1);
            if (scores[target] == float.NegativeInfinity) return;
            for (var j = 0; j < _profiles.Length; j++)
            {
                Profiles.Read(_profiles[j], table, history);
                _profiles[j].Finish();
                var vector = _profiles[j].Vector;
                for (var item = 0; item < _cosines.Length; item++)
                    _cosines[item] = TensorPrimitives.Dot(vector, table.AsSpan(item * vector.Length, vector.Length));
                if (ofOthers)
                {
                    foreach (var item in Profiles.ItemsOf(_profiles[j], history))
                        _cosines[item] = Profiles.OfOthers(_profiles[j], table, history, item);
                }

                for (var w = 0; w < weights.Length; w++)
                {
                    var weight = (float)weights[w];
                    var above = AtLeast(scores, _cosines, weight, scores[target] + _cosines[target] * weight); // the target among them
                    ranks[j * weights.Length + w] = (byte)Math.Clamp(above, 1, Depth + 1);
                }
            }
        }

        /// <summary>How many of scores + weight · cosines reach a value.</summary>
        private static int AtLeast(ReadOnlySpan<float> scores, ReadOnlySpan<float> cosines, float weight, float value)
        {
            ref var score = ref MemoryMarshal.GetReference(scores);
            ref var cosine = ref MemoryMarshal.GetReference(cosines);
            var (least, counts, i) = (Vector256.Create(value), Vector256<int>.Zero, 0);
            for (; i <= scores.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var joined = Vector256.LoadUnsafe(ref score, (nuint)i) + Vector256.LoadUnsafe(ref cosine, (nuint)i) * weight;
                counts -= Vector256.GreaterThanOrEqual(joined, least).AsInt32(); // −1 for true in each lane
            }

            var count = Vector256.Sum(counts);
            for (; i < scores.Length; i++) count += scores[i] + cosines[i] * weight >= value ? 1 : 0;
            return count;
        }
    }
}
