using System.Collections.Concurrent;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Successors;

/// <summary>How counts join a trained model, chosen on validation events: once over a grid, once more around its best point.</summary>
/// <param name="Join">The best of all that were tried; weight 0 where nothing was better than the model alone.</param>
/// <param name="Validation">NDCG@10 with it.</param>
/// <param name="ModelAlone">NDCG@10 without counts.</param>
public sealed record SuccessorFit(SuccessorJoin Join, double Validation, double ModelAlone)
{
    private static readonly double[] _weights = [0, 0.35, 0.7, 1.4, 2.8, 5, 7, 10, 14, 20];
    private static readonly double[] _shareOffsets = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3];
    private static readonly double[] _countOffsets = [0.03, 0.1, 0.3, 1, 3, 10];
    private static readonly double[] _finerWeights = [0.8, 0.9, 1, 1.1, 1.2];
    private static readonly double[] _finerOffsets = [0.5, 0.7, 1, 1.4, 2];

    /// <summary>Counts what a model has learned from, and chooses how the counts join it.</summary>
    /// <param name="model">Without counts; has not learned the validation events.</param>
    /// <param name="options">What is counted.</param>
    /// <param name="sequences">What the model has learned from each user.</param>
    /// <param name="validation">One event at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="report">Gets the cases done and their number.</param>
    /// <exception cref="TrainingException">There is no validation event.</exception>
    public static (SuccessorFit Fit, CountedSuccessors Counted) CountAndChoose(
        SequenceScorer model, SuccessorOptions options, TrainingSequences sequences, RankedCases validation, bool maskSeen,
        Action<int, int>? report = null)
    {
        var table = SuccessorCounting.Count(options, sequences);
        var fit = Choose(model, table, options, validation, maskSeen, report);
        return (fit, new(table, fit.Join));
    }

    /// <summary>Chooses how counts join a model.</summary>
    /// <param name="model">Without counts.</param>
    /// <param name="table">Counted on what the model was trained on.</param>
    /// <param name="options">Which events of a history are read.</param>
    /// <param name="cases">Validation events; one at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="report">Gets the cases done and their number over both passes.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="TrainingException">There is no validation event.</exception>
    public static SuccessorFit Choose(
        SequenceScorer model, SuccessorTable table, SuccessorOptions options, RankedCases cases, bool maskSeen, Action<int,
            int>? report = null)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (cases.Count == 0)
        {
            throw new TrainingException(
                "successors: there is no validation event to choose their weight by; give longer histories or leave successors off");
        }

        using var inner = TorchThreads.One(); // as in a training's validation: no figure depends on the number of threads
        var like = new SuccessorJoin
        {
            Recent = options.Recent,
            RecencyDecay = options.RecencyDecay,
            Shares = true,
            Weight = 1,
            Offset = 1,
        };
        SuccessorJoin[] forms =
        [
            .. _shareOffsets.Select(offset => like with { Offset = offset }),
            .. _countOffsets.Select(offset => like with { Offset = offset, Shares = false }),
        ];
        var coarse = Best(forms, _weights, 0);
        var alone = coarse.First; // weight 0
        if (coarse.Join.Weight == 0) return new(coarse.Join, alone, alone);
        var fine = Best(
            [.. _finerOffsets.Select(factor => coarse.Join with { Offset = factor * coarse.Join.Offset })],
            [.. _finerWeights.Select(factor => factor * coarse.Join.Weight)], cases.Count);
        return fine.Ndcg > coarse.Ndcg ? new(fine.Join, fine.Ndcg, alone) : new(coarse.Join, coarse.Ndcg, alone);

        (SuccessorJoin Join, double Ndcg, double First) Best(SuccessorJoin[] forms, double[] weights, int done)
        {
            var gains = Gains(
                model, table, forms, weights, cases, maskSeen, ranked =>
                    report?.Invoke(done + Math.Min(ranked, cases.Count), 2 * cases.Count));
            var best = Array.IndexOf(gains, gains.Max()); // of equal ones the first
            return (forms[best / weights.Length] with { Weight = weights[best % weights.Length] }, gains[best], gains[0]);
        }
    }

    /// <summary>[forms × weights] NDCG@10, from one pass over the model's scores.</summary>
    private static double[] Gains(
        SequenceScorer model, SuccessorTable table, SuccessorJoin[] forms, double[] weights, RankedCases cases, bool maskSeen,
            Action<int> report)
    {
        var joins = forms.Length * weights.Length;
        var ranks = new byte[cases.Count * joins]; // 1 … 10, or more
        var idle = new ConcurrentBag<JoinedRanks>();
        FullRanking.Visit(model, cases, maskSeen, (index, scores) =>
        {
            if (!idle.TryTake(out var own)) own = new(table, forms, weights, scores.Length);
            own.Rank(cases.History(index).Items.Span, scores, cases.Target(index), ranks.AsSpan(index * joins, joins));
            idle.Add(own);
        }, report);
        return [.. Enumerable.Range(0, joins).Select(join =>
                Enumerable.Range(0, cases.Count).Average(i => RankingMetrics.Gain(ranks[i * joins + join], JoinedRanks.Depth)))];
    }
}
