using System.Numerics.Tensors;
using Tandem.Data.Metrics;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Codes.Network;

/// <summary>How much an item's training events count beside its codes, chosen on validation events by NDCG@10.</summary>
internal static class PopularityFit
{
    private const int Depth = 10;
    private static readonly double[] _weights = [0.001, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4];

    /// <summary>The best of a grid; of equal ones the smallest.</summary>
    /// <param name="model">Has not learned the validation events.</param>
    /// <param name="contents">What joins the scores beside it.</param>
    /// <param name="cases">One at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="report">Gets the cases done.</param>
    public static double Choose(
        ParallelModel model, IReadOnlyList<JoinedContent> contents, RankedCases cases, bool maskSeen, Action<int> report)
    {
        using var scorer = new ParallelScorer(model, popularityWeight: 0, contents);
        var (popularity, gains) = (model.Popularity.ToArray(), new double[cases.Count][]);
        FullRanking.Visit(scorer, cases, maskSeen, (index, scores) =>
        {
            var joined = new float[scores.Length];
            gains[index] = new double[_weights.Length];
            for (var w = 0; w < _weights.Length; w++)
            {
                TensorPrimitives.MultiplyAdd(popularity, (float)_weights[w], scores, joined);
                gains[index][w] = RankingMetrics.Gain(Ranking.Rank(joined, cases.Target(index)), Depth);
            }
        }, report);
        return _weights.Select((weight, w) => (weight, Gain: gains.Average(own => own[w]))).MaxBy(tried => tried.Gain).weight;
    }
}
