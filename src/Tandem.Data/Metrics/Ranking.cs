using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Data.Metrics;

/// <summary>Ranks from scores.</summary>
public static class Ranking
{
    /// <summary>
    /// 1 + the number of scores above the target's + its ties, counted by the rule. To leave out items, such as those
    /// already consumed, set their scores to negative infinity before. A target that no list can hold, because it was left out so or
    /// its score is NaN, has no place in any ranking, however short the catalogue. A score that is NaN counts as above the target.
    /// </summary>
    /// <param name="scores">[V] float32, higher is better.</param>
    /// <param name="target">Index into <paramref name="scores"/>.</param>
    /// <param name="ties">How equal scores count.</param>
    /// <returns>From 1 to V; positive infinity where no list can hold the target.</returns>
    public static double Rank(ReadOnlySpan<float> scores, int target, TieRule ties = TieRule.Pessimistic)
    {
        var own = scores[target];
        if (!CanBeListed(own)) return double.PositiveInfinity;
        var (below, equal) = Count(scores, own);
        var tied = equal - 1;
        var above = scores.Length - below - equal;
        return 1 + above + (ties == TieRule.Half ? tied / 2.0 : tied);
    }

    /// <summary>
    /// The rank among a sample of the catalogue instead of all of it. It flatters every model and can reorder them (Krichene and Rendle,
    /// KDD 2020): for comparison with papers that report it, and nothing else.
    /// </summary>
    /// <param name="scores">
    /// [V + 1] float32; a sampled item with −∞, such as one that was masked, is below every target that is not.
    /// </param>
    /// <param name="target">Index into <paramref name="scores"/>.</param>
    /// <param name="sample">Distinct items other than the target.</param>
    /// <returns>
    /// From 1 to the sample's size + 1; ties and NaN count against the target. Positive infinity where no list can hold it.
    /// </returns>
    public static double RankAmong(ReadOnlySpan<float> scores, int target, ReadOnlySpan<int> sample)
    {
        var own = scores[target];
        if (!CanBeListed(own)) return double.PositiveInfinity;
        var rank = 1;
        foreach (var item in sample) rank += scores[item] < own ? 0 : 1;
        return rank;
    }

    /// <summary>As <see cref="TopItems"/> chooses: neither NaN nor negative infinity.</summary>
    private static bool CanBeListed(float score) => score > float.NegativeInfinity;

    /// <summary>How many scores are below a value and how many equal it. Comparisons give −1 for true in each lane, so counts add up
    /// by subtraction; a lane would overflow after 2³¹ of them.</summary>
    private static (int Below, int Equal) Count(ReadOnlySpan<float> scores, float value)
    {
        ref var first = ref MemoryMarshal.GetReference(scores);
        var (values, lanes) = (Vector256.Create(value), Vector256<float>.Count);
        var (belows, equals) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var i = 0;
        for (; i <= scores.Length - lanes; i += lanes)
        {
            var some = Vector256.LoadUnsafe(ref first, (nuint)i);
            belows -= Vector256.LessThan(some, values).AsInt32();
            equals -= Vector256.Equals(some, values).AsInt32();
        }

        var (below, equal) = (Vector256.Sum(belows), Vector256.Sum(equals));
        for (; i < scores.Length; i++)
        {
            below += scores[i] < value ? 1 : 0;
            equal += scores[i] == value ? 1 : 0;
        }

        return (below, equal);
    }
}
