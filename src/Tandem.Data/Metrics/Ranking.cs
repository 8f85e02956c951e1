namespace Tandem.Data.Metrics;

/// <summary>Ranks from scores.</summary>
public static class Ranking
{
    /// <summary>
    /// 1 + the number of scores above the target's + its ties, counted by the rule. To leave out items, such as those
    /// already consumed, set their scores to negative infinity before. NaN never flatters: a score that is NaN counts as
    /// above the target, and a target that is NaN ranks last.
    /// </summary>
    /// <param name="scores">[V] float32, higher is better.</param>
    /// <param name="target">Index into <paramref name="scores"/>.</param>
    /// <param name="ties">How equal scores count.</param>
    /// <returns>From 1 to V.</returns>
    public static double Rank(ReadOnlySpan<float> scores, int target, TieRule ties = TieRule.Pessimistic)
    {
        var own = scores[target];
        var (below, equal) = (0, 0);
        foreach (var score in scores)
        {
            // Sums instead of branches: scores are in random order, and branches on them would be mispredicted.
            below += score < own ? 1 : 0;
            equal += score == own ? 1 : 0;
        }
        if (float.IsNaN(own))
            return scores.Length;
        var tied = equal - 1;
        var above = scores.Length - below - equal;
        return 1 + above + (ties == TieRule.Half ? tied / 2.0 : tied);
    }
}
