using Tandem.Data;
using Tandem.Data.Metrics;

namespace Tandem.Learning.Training;

/// <summary>Ranks each case's target among all items of the catalogue.</summary>
public static class FullRanking
{
    private const int TileCases = 128; // × 12,000 items × 4 B = 6 MB of scores: they stay in the cache until they are read

    /// <summary>Pessimistic ranks (ties count against the target), one per case, in their order.</summary>
    /// <param name="model">The recommender.</param>
    /// <param name="cases">What is ranked.</param>
    /// <param name="maskSeen">
    /// True to leave out the items of the history. A target among them has the rank +∞: it could not be recommended.
    /// </param>
    /// <param name="report">Receives how many are ranked.</param>
    public static double[] Ranks(IItemScorer model, RankedCases cases, bool maskSeen, Action<int>? report = null)
    {
        var ranks = new double[cases.Count];
        Visit(model, cases, maskSeen, (i, scores) => ranks[i] = Ranking.Rank(scores, cases.Target(i)), report);
        return ranks;
    }

    /// <summary>The scores of all cases, a tile at a time: those of one length together, so that tiles hold little padding.</summary>
    /// <param name="model">The recommender.</param>
    /// <param name="cases">What is scored.</param>
    /// <param name="maskSeen">True to set the items of the history to −∞; padding always is.</param>
    /// <param name="visit">Gets each case and its [V + 1] scores; called by several threads, for a case once.</param>
    /// <param name="report">Receives how many are done.</param>
    public static void Visit(IItemScorer model, RankedCases cases, bool maskSeen, ScoresVisitor visit, Action<int>? report = null)
    {
        var lengths = Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Length).ToArray();
        var order = Enumerable.Range(0, cases.Count).ToArray();
        Array.Sort(lengths, order);
        var width = model.ItemCount + 1;
        var scores = new float[Math.Min(TileCases, cases.Count) * width];
        for (var start = 0; start < order.Length; start += TileCases)
        {
            var tile = order[start..Math.Min(start + TileCases, order.Length)];
            model.Score([.. tile.Select(cases.History)], scores);
            Parallel.For(0, tile.Length, row =>
            {
                var values = scores.AsSpan(row * width, width);
                Mask(values, cases.History(tile[row]), maskSeen);
                visit(tile[row], values);
            });
            report?.Invoke(start + tile.Length);
        }
    }

    private static void Mask(Span<float> scores, History history, bool maskSeen)
    {
        scores[0] = float.NegativeInfinity;
        if (!maskSeen) return;
        foreach (var item in history.Items.Span) scores[item] = float.NegativeInfinity;
    }
}

/// <summary>Reads a case's scores.</summary>
/// <param name="index">The case.</param>
/// <param name="scores">[V + 1] float32; −∞ where an item is left out.</param>
public delegate void ScoresVisitor(int index, ReadOnlySpan<float> scores);
