namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// Buckets of relative positions (T5, arXiv 1910.10683, section 2.1): one for each near distance, then ever wider ones by the logarithm of
/// the distance. In float32, as the checkpoints were trained with.
/// </summary>
internal static class RelativeBuckets
{
    /// <summary>[queries × keys] buckets, row by row.</summary>
    /// <param name="firstQuery">Position of the first query; keys begin at 0.</param>
    /// <param name="queries">How many.</param>
    /// <param name="keys">How many.</param>
    /// <param name="bothWays">True where keys behind the query have buckets of their own (encoder).</param>
    /// <param name="buckets">Number of buckets.</param>
    /// <param name="farthest">From which on all distances share the last.</param>
    public static long[] Of(int firstQuery, int queries, int keys, bool bothWays, int buckets, int farthest)
    {
        var all = new long[queries * keys];
        for (var q = 0; q < queries; q++)
            for (var k = 0; k < keys; k++) all[q * keys + k] = Of(k - (firstQuery + q), bothWays, buckets, farthest);
        return all;
    }

    /// <summary>The bucket of one relative position, key less query.</summary>
    public static int Of(int relative, bool bothWays, int buckets, int farthest)
    {
        var first = 0;
        if (bothWays)
        {
            buckets /= 2;
            if (relative > 0) first = buckets;
        }

        var distance = bothWays ? Math.Abs(relative) : Math.Max(0, -relative);
        var near = buckets / 2;
        if (distance < near) return first + distance;
        var far = near + (int)(MathF.Log(distance / (float)near) / (float)Math.Log(farthest / (double)near) * (buckets - near));
        return first + Math.Min(far, buckets - 1);
    }
}
