namespace Tandem.Parity.Tests.Onnx;

internal static class Times
{
    private const double BucketWidth = 0.301; // of HSTU

    /// <summary>
    /// Rising unix seconds, from moments to years apart. No two of them lie at the border of two buckets, where the last bit of a
    /// logarithm decides.
    /// </summary>
    public static long[] Draw(int count)
    {
        var random = new Random(count);
        while (true)
        {
            var time = 1_500_000_000L;
            var times = Enumerable.Range(0, count).Select(_ => time += (long)Math.Exp(random.NextDouble() * 18)).ToArray();
            if (times.All(later => times.All(earlier => IsClear(later - earlier)))) return times;
        }
    }

    private static bool IsClear(long apart)
    {
        if (apart <= 1) return true;
        var bucket = Math.Log(apart) / BucketWidth;
        return Math.Abs(bucket - Math.Round(bucket)) > 1e-3;
    }
}
