using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Learning.Training;

namespace Tandem.Learning.Collaboration;

/// <summary>
/// Members' scores of validation events, each of the union of their lists, so that a thousand settings of weights can be tried without a
/// model. A target that is on no list is a miss under any weights.
/// </summary>
internal sealed class CompositeCases
{
    private const int Depth = 10;
    private const int TileCases = 64;

    private readonly Case[] _cases;
    private readonly int _most; // candidates of an event

    private CompositeCases(Case[] cases, int members) => (_cases, _most, Members) = (cases, cases.Max(one => one.Count), members);

    /// <summary>How many members scored.</summary>
    public int Members { get; }

    /// <summary>[events] highest probability that a member gives to an item.</summary>
    public double[] Peaks(int member) => [.. _cases.Select(one => (double)one.Peaks[member])];

    /// <summary>Scores every event by every member.</summary>
    /// <param name="members">Have not learned the events.</param>
    /// <param name="cases">One at least.</param>
    /// <param name="listLength">Items of each member's list.</param>
    /// <param name="maskSeen">Whether items of the history are on no list.</param>
    /// <param name="report">Gets the events done.</param>
    public static CompositeCases Gather(
        IReadOnlyList<CompositeMember> members, RankedCases cases, int listLength, bool maskSeen, Action<int>? report)
    {
        var order = Enumerable.Range(0, cases.Count).ToArray();
        Array.Sort(Array.ConvertAll(order, i => cases.History(i).Length), order);
        var (gathered, width) = (new Case[cases.Count], members[0].Scorer.ItemCount + 1);
        var scores = new float[members.Count][];
        for (var g = 0; g < scores.Length; g++) scores[g] = new float[Math.Min(TileCases, cases.Count) * width];
        for (var start = 0; start < order.Length; start += TileCases)
        {
            var tile = order[start..Math.Min(start + TileCases, order.Length)];
            History[] histories = [.. tile.Select(cases.History)];
            for (var g = 0; g < scores.Length; g++) members[g].Scorer.Score(histories, scores[g]);
            Parallel.For(0, tile.Length, row => gathered[tile[row]] = Union(
                members, scores, row * width, width, maskSeen ? histories[row].Items : default, cases.Target(tile[row]), listLength));
            report?.Invoke(start + tile.Length);
        }

        return new(gathered, members.Count);
    }

    /// <summary>NDCG@10.</summary>
    public double Ndcg(CompositeWeights weights)
    {
        var gains = new double[_cases.Length];
        Parallel.For(0, _cases.Length, () => new float[_most], (i, _, buffer) =>
        {
            gains[i] = _cases[i].Target < 0 ? 0 : RankingMetrics.Gain(_cases[i].Rank(weights, buffer), Depth);
            return buffer;
        }, _ => { });
        return gains.Average();
    }

    /// <summary>Mean of −log p(target) in nats, over the union of the lists, of those events whose target is on one.</summary>
    public double NegativeLogLikelihood(CompositeWeights weights)
    {
        var losses = new double[_cases.Length];
        Parallel.For(0, _cases.Length, i => losses[i] = _cases[i].Target < 0 ? 0 : _cases[i].Loss(weights));
        return losses.Sum() / Math.Max(1, _cases.Count(one => one.Target >= 0));
    }

    private static Case Union(
        IReadOnlyList<CompositeMember> members, float[][] scores, int from, int width, ReadOnlyMemory<int> left, int target,
        int listLength)
    {
        var (union, peaks) = (new SortedSet<int>(), new float[members.Count]);
        var (items, best) = (new int[listLength], new float[listLength]);
        for (var g = 0; g < members.Count; g++)
        {
            var row = scores[g].AsSpan(from, width);
            peaks[g] = MemberScores.Align(row[1..], members[g].HasLogProbabilities);
            var listed = row.ToArray();
            listed[0] = float.NegativeInfinity;
            foreach (var item in left.Span) listed[item] = float.NegativeInfinity;
            foreach (var item in items[..TopItems.Choose(listed, items, best)]) union.Add(item);
        }

        int[] candidates = [.. union];
        var values = new float[members.Count * candidates.Length];
        for (var g = 0; g < members.Count; g++)
        {
            for (var i = 0; i < candidates.Length; i++) values[g * candidates.Length + i] = scores[g][from + candidates[i]];
        }

        return new(values, candidates.Length, Array.IndexOf(candidates, target), peaks);
    }

    /// <param name="Values">[members, candidates] aligned scores.</param>
    /// <param name="Count">Candidates.</param>
    /// <param name="Target">Place of the target among them; −1 where it is none.</param>
    /// <param name="Peaks">[members].</param>
    private sealed record Case(float[] Values, int Count, int Target, float[] Peaks)
    {
        /// <summary>From 1; ties count against the target.</summary>
        public int Rank(CompositeWeights weights, Span<float> buffer)
        {
            var joined = buffer[..Count];
            Join(weights, joined);
            var (own, rank) = (joined[Target], 0);
            foreach (var score in joined) rank += score >= own ? 1 : 0;
            return rank;
        }

        public double Loss(CompositeWeights weights)
        {
            var joined = new float[Count];
            Join(weights, joined);
            var (most, sum) = (TensorPrimitives.Max<float>(joined), 0.0);
            foreach (var score in joined) sum += Math.Exp(score - most);
            return most + Math.Log(sum) - joined[Target];
        }

        private void Join(CompositeWeights weights, Span<float> joined)
        {
            Span<float> own = stackalloc float[Peaks.Length];
            weights.Of(Peaks, own);
            joined.Clear();
            for (var g = 0; g < own.Length; g++)
                TensorPrimitives.MultiplyAdd(Values.AsSpan(g * Count, Count), own[g], joined, joined);
        }
    }
}
