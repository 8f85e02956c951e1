namespace Tandem.Data.Metrics;

/// <summary>
/// Recall, NDCG and MRR from the ranks of relevant items, as means over users and user by user. With one relevant item
/// per user recall@k is the hit rate, and NDCG@k is 1 / log2(1 + rank) within the first k.
/// </summary>
public sealed class RankingMetrics
{
    private readonly double[] _ranks;
    private readonly int[] _offsets;

    /// <summary>One relevant item per user.</summary>
    /// <param name="targetRanks">[users] ranks from 1, as <see cref="Ranking.Rank"/> gives them.</param>
    /// <exception cref="ArgumentException">There are no users, or a rank is below 1 or NaN.</exception>
    public RankingMetrics(IEnumerable<double> targetRanks)
    {
        _ranks = [.. targetRanks];
        _offsets = [.. Enumerable.Range(0, _ranks.Length + 1)];
        RequireValid();
    }

    /// <summary>Any number of relevant items per user, one at least.</summary>
    /// <param name="relevantRanks">[users][relevant items of the user] ranks from 1, in any order.</param>
    /// <exception cref="ArgumentException">There are no users, a user has no relevant item, or a rank is below 1 or NaN.</exception>
    public RankingMetrics(IReadOnlyList<double[]> relevantRanks)
    {
        _ranks = [.. relevantRanks.SelectMany(ranks => ranks)];
        _offsets = new int[relevantRanks.Count + 1];
        for (var user = 0; user < relevantRanks.Count; user++)
            _offsets[user + 1] = _offsets[user] + relevantRanks[user].Length;
        RequireValid();
    }

    /// <summary>Number of users.</summary>
    public int Users => _offsets.Length - 1;

    /// <summary>Mean over users of the share of relevant items within the first k.</summary>
    public double Recall(int k) => RecallByUser(k).Average();

    /// <summary>Mean over users of the discounted gain of the relevant items within the first k, divided by the best possible.</summary>
    public double Ndcg(int k) => NdcgByUser(k).Average();

    /// <summary>Mean over users of 1 / the best rank, 0 where that is beyond k.</summary>
    /// <param name="k">Default: no limit.</param>
    public double Mrr(int k = int.MaxValue) => MrrByUser(k).Average();

    /// <summary>[users] share of relevant items with rank ≤ k.</summary>
    public double[] RecallByUser(int k) => ByUser(k, static (ranks, k) =>
    {
        var hits = 0;
        foreach (var rank in ranks)
            hits += rank <= k ? 1 : 0;
        return (double)hits / ranks.Length;
    });

    /// <summary>[users] Σ 1 / log2(1 + rank) over ranks ≤ k, divided by the same sum for ranks 1 … min(k, relevant items).</summary>
    public double[] NdcgByUser(int k) => ByUser(k, static (ranks, k) =>
    {
        var (gain, best) = (0.0, 0.0);
        foreach (var rank in ranks)
            gain += rank <= k ? Discount(rank) : 0;
        for (var rank = 1; rank <= Math.Min(k, ranks.Length); rank++)
            best += Discount(rank);
        return gain / best;
    });

    /// <summary>[users] 1 / the best rank, 0 where that is beyond k.</summary>
    /// <param name="k">Default: no limit.</param>
    public double[] MrrByUser(int k = int.MaxValue) => ByUser(k, static (ranks, k) =>
    {
        var first = double.PositiveInfinity;
        foreach (var rank in ranks)
            first = Math.Min(first, rank);
        return first <= k ? 1 / first : 0;
    });

    private static double Discount(double rank) => 1 / Math.Log2(1 + rank);

    private double[] ByUser(int k, Func<ReadOnlySpan<double>, int, double> metric)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var values = new double[Users];
        for (var user = 0; user < values.Length; user++)
            values[user] = metric(_ranks.AsSpan(_offsets[user].._offsets[user + 1]), k);
        return values;
    }

    private void RequireValid()
    {
        if (Users == 0)
            throw new ArgumentException("there are no users; a mean takes one at least");
        for (var user = 0; user < Users; user++)
            if (_offsets[user] == _offsets[user + 1])
                throw new ArgumentException($"user {user} has no relevant item; leave such users out");
        foreach (var rank in _ranks)
            if (!(rank >= 1))
                throw new ArgumentException($"rank {rank} is not 1 or more; ranks count from 1");
    }
}
