namespace Tandem.Data.Metrics;

/// <summary>The area under the ROC curve from scores: of one user's items, or pooled over the items of many.</summary>
public static class AreaUnderCurve
{
    /// <summary>
    /// Share of the pairs of a relevant and another item in which the relevant one scores higher, a tie counted by the rule; a
    /// constant scorer gets 0 under <see cref="TieRule.Pessimistic"/> and 1/2 under <see cref="TieRule.Half"/>. For the pooled AUC
    /// pass the items of all users at once: it then asks that scores compare across users, too. Scores that are NaN never flatter:
    /// the pair counts as misplaced. Takes n log n steps.
    /// </summary>
    /// <param name="scores">[N] float32, higher is better.</param>
    /// <param name="relevant">[N] whether the item is relevant.</param>
    /// <param name="ties">How equal scores count.</param>
    /// <exception cref="ArgumentException">The lengths differ, or relevant or other items are missing.</exception>
    public static double Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> relevant, TieRule ties = TieRule.Pessimistic)
    {
        if (scores.Length != relevant.Length)
            throw new ArgumentException($"{scores.Length} scores for {relevant.Length} items; expected as many");
        var (own, others) = (Select(scores, relevant, true), Select(scores, relevant, false));
        if (own.Length == 0 || others.Length == 0)
            throw new ArgumentException($"{own.Length} relevant and {others.Length} other items; expected one of each at least");
        Array.Sort(others);
        var sorted = others.AsSpan(others.Count(float.IsNaN)..); // NaN sorts first, and is below nothing
        var ordered = 0.0;
        foreach (var score in own)
            if (!float.IsNaN(score)) ordered += Below(sorted, score, ties);
        return ordered / ((double)own.Length * others.Length);
    }

    private static double Below(ReadOnlySpan<float> sorted, float score, TieRule ties)
    {
        var below = CountWhile(sorted, score, orEqual: false);
        return ties == TieRule.Half ? (below + CountWhile(sorted, score, orEqual: true)) / 2.0 : below;
    }

    /// <summary>How many of the sorted scores are below one, or equal to it where asked.</summary>
    private static int CountWhile(ReadOnlySpan<float> sorted, float score, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] < score || (orEqual && sorted[middle] == score)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static float[] Select(ReadOnlySpan<float> scores, ReadOnlySpan<bool> relevant, bool which)
    {
        var selected = new List<float>();
        for (var i = 0; i < scores.Length; i++)
            if (relevant[i] == which) selected.Add(scores[i]);
        return [.. selected];
    }
}
