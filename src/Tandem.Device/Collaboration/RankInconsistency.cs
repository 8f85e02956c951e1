namespace Tandem.Device.Collaboration;

/// <summary>
/// How far two rankings of one list disagree: Spearman's footrule Σ |r₁ − r₂| divided by its greatest value ⌊K² / 2⌋. 0 for
/// equal rankings, 1 for reversed ones, about 2/3 for unrelated ones.
/// </summary>
public static class RankInconsistency
{
    /// <param name="first">[K] the item at each rank of one ranking, as indices 0 … K − 1.</param>
    /// <param name="second">[K] the same for the other.</param>
    public static double Between(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.Length < 2) return 0;
        Span<int> rank = first.Length <= 1024 ? stackalloc int[first.Length] : new int[first.Length];
        for (var r = 0; r < first.Length; r++) rank[first[r]] = r;
        long sum = 0;
        for (var r = 0; r < second.Length; r++) sum += Math.Abs(rank[second[r]] - r);
        return (double)sum / ((long)first.Length * first.Length / 2);
    }
}
