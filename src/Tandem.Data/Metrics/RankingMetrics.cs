namespace Tandem.Data.Metrics;

/// <summary>
/// Recall, precision, NDCG, MRR, MAP and AUC from the ranks of relevant items, as means over users and user by user. With one
/// relevant item per user recall@k is the hit rate, precision@k the hit rate divided by k, NDCG@k is 1 / log2(1 + rank) within the
/// first k, and MAP@k is MRR@k.
/// </summary>
public sealed class RankingMetrics
{
    private readonly double[] _ranks;
    private readonly int[] _offsets;

    /// <summary>One relevant item per user.</summary>
    /// <param name="targetRanks">
    /// [users] ranks from 1, as <see cref="Ranking.Rank"/> gives them; positive infinity is a miss at every k.
    /// </param>
    /// <exception cref="ArgumentException">There are no users, or a rank is below 1 or NaN.</exception>
    public RankingMetrics(IEnumerable<double> targetRanks)
    {
        _ranks = [.. targetRanks];
        _offsets = [.. Enumerable.Range(0, _ranks.Length + 1)];
        RequireValid();
    }

    /// <summary>Any number of relevant items per user, one at least.</summary>
    /// <param name="relevantRanks">
    /// [users][relevant items of the user] ranks from 1, in any order; positive infinity is a miss at every k.
    /// </param>
    /// <exception cref="ArgumentException">There are no users, a user has no relevant item, or a rank is below 1 or NaN.</exception>
    public RankingMetrics(IReadOnlyList<double[]> relevantRanks)
    {
        _ranks = [.. relevantRanks.SelectMany(ranks => ranks)];
        _offsets = new int[relevantRanks.Count + 1];
        for (var user = 0; user < relevantRanks.Count; user++)
            _offsets[user + 1] = _offsets[user] + relevantRanks[user].Length;
        RequireValid();
        for (var user = 0; user < Users; user++)
            Array.Sort(_ranks, _offsets[user], _offsets[user + 1] - _offsets[user]);
    }

    /// <summary>Number of users.</summary>
    public int Users => _offsets.Length - 1;

    /// <summary>Mean over users of the share of relevant items within the first k.</summary>
    public double Recall(int k) => RecallByUser(k).Average();

    /// <summary>Mean over users of the share of the first k places that hold relevant items.</summary>
    public double Precision(int k) => PrecisionByUser(k).Average();

    /// <summary>Mean over users of the discounted gain of the relevant items within the first k, divided by the best possible.</summary>
    public double Ndcg(int k) => NdcgByUser(k).Average();

    /// <summary>Mean over users of 1 / the best rank, 0 where that is beyond k.</summary>
    /// <param name="k">Default: no limit.</param>
    public double Mrr(int k = int.MaxValue) => MrrByUser(k).Average();

    /// <summary>Mean over users of the average precision within the first k.</summary>
    public double Map(int k) => MapByUser(k).Average();

    /// <summary>
    /// [users] the area under the ROC curve of each relevant item among k others: the share of them that rank below it, ties and a rank
    /// beyond them counted against it.
    /// </summary>
    public double[] AreaByUser(int k) => ByUser(k, static (ranks, k) =>
    {
        var sum = 0.0;
        foreach (var rank in ranks) sum += Math.Max(0, 1 - (rank - 1) / k);
        return sum / ranks.Length;
    });

    /// <summary>[users] share of relevant items with rank ≤ k.</summary>
    public double[] RecallByUser(int k) => ByUser(k, static (ranks, k) => (double)Hits(ranks, k) / ranks.Length);

    /// <summary>[users] relevant items with rank ≤ k, divided by k, however many relevant items there are.</summary>
    public double[] PrecisionByUser(int k) => ByUser(k, static (ranks, k) => (double)Hits(ranks, k) / k);

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
        var first = ranks[0];
        return first <= k ? 1 / first : 0;
    });

    /// <summary>
    /// [users] Σ (place among the relevant items / rank) over ranks ≤ k, divided by min(k, relevant items). Relevant items of equal
    /// rank share the middle of their places, so that the precision at a rank never exceeds 1.
    /// </summary>
    public double[] MapByUser(int k) => ByUser(k, static (ranks, k) =>
    {
        var sum = 0.0;
        for (int start = 0, end; start < ranks.Length && ranks[start] <= k; start = end)
        {
            end = EndOfTie(ranks, start);
            sum += (end - start) * ((start + 1 + end) / 2.0) / ranks[start];
        }

        return sum / Math.Min(k, ranks.Length);
    });

    /// <summary>
    /// [users] share of the pairs of a relevant and another item that are in the right order, a tie counted by the rule: the area
    /// under the user's ROC curve. The mean of it is the user AUC, called GAUC where users are weighted alike.
    /// </summary>
    /// <param name="candidates">[users] how many items were ranked for the user, relevant ones included.</param>
    /// <param name="ties">The rule by which the ranks were counted.</param>
    /// <exception cref="ArgumentException">
    /// A user has no other item, a rank beyond the candidates, or there is no count for a user.
    /// </exception>
    public double[] AucByUser(IReadOnlyList<int> candidates, TieRule ties = TieRule.Pessimistic)
    {
        if (candidates.Count != Users)
        {
            throw new ArgumentException(
                $"{candidates.Count} counts of candidates for {Users} users; expected one each", nameof(candidates));
        }

        var values = new double[Users];
        for (var user = 0; user < Users; user++)
        {
            var ranks = RanksOf(user);
            if (candidates[user] <= ranks.Length || ranks[^1] > candidates[user])
            {
                throw new ArgumentException(
                    $"user {user} has {candidates[user]} candidates, {ranks.Length} relevant items and the rank {ranks[^1]}; "
                    + "expected one other item at least and no rank beyond the candidates", nameof(candidates));
            }

            values[user] = Auc(ranks, candidates[user] - ranks.Length, ties);
        }

        return values;
    }

    private static double Auc(ReadOnlySpan<double> ranks, int others, TieRule ties)
    {
        var misplaced = 0.0; // pairs with the other item ahead: those ahead of a rank that are not relevant themselves
        for (int start = 0, end; start < ranks.Length; start = end)
        {
            end = EndOfTie(ranks, start);
            var relevantAhead = ties == TieRule.Half ? (start + end - 1) / 2.0 : end - 1;
            misplaced += (end - start) * (ranks[start] - 1 - relevantAhead);
        }

        return 1 - misplaced / ((double)ranks.Length * others);
    }

    private static int Hits(ReadOnlySpan<double> sortedRanks, int k)
    {
        var hits = 0;
        while (hits < sortedRanks.Length && sortedRanks[hits] <= k) hits++;
        return hits;
    }

    private static int EndOfTie(ReadOnlySpan<double> sortedRanks, int start)
    {
        var end = start + 1;
        while (end < sortedRanks.Length && sortedRanks[end] == sortedRanks[start]) end++;
        return end;
    }

    /// <summary>What a target at a rank adds to DCG: 1 / log₂(1 + rank), and 0 beyond the depth. With one target this is NDCG.</summary>
    /// <param name="rank">From 1; the mean of a tie may lie between two whole ones.</param>
    /// <param name="depth">Of the ranking, 10 in NDCG@10.</param>
    public static double Gain(double rank, int depth) => rank <= depth ? Discount(rank) : 0;

    private static double Discount(double rank) => 1 / Math.Log2(1 + rank);

    private double[] ByUser(int k, Func<ReadOnlySpan<double>, int, double> metric)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var values = new double[Users];
        for (var user = 0; user < values.Length; user++)
            values[user] = metric(RanksOf(user), k);
        return values;
    }

    /// <summary>Best first.</summary>
    private ReadOnlySpan<double> RanksOf(int user) => _ranks.AsSpan(_offsets[user].._offsets[user + 1]);

    private void RequireValid()
    {
        if (Users == 0)
            throw new ArgumentException("there are no users; a mean takes one at least");
        for (var user = 0; user < Users; user++)
        {
            if (_offsets[user] == _offsets[user + 1])
                throw new ArgumentException($"user {user} has no relevant item; leave such users out");
        }

        foreach (var rank in _ranks)
        {
            if (!(rank >= 1))
                throw new ArgumentException($"rank {rank} is not 1 or more; ranks count from 1");
        }
    }
}
