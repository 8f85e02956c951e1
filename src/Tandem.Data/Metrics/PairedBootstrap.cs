namespace Tandem.Data.Metrics;

/// <summary>
/// Paired bootstrap over users (Efron and Tibshirani 1993, chapter 13): users are drawn with replacement, each with the
/// difference of both methods, and the 2.5 and 97.5 percentiles of the resampled means bound the interval.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Compares two methods on the same users.</summary>
    /// <param name="first">[users] metric of the first method.</param>
    /// <param name="second">[users] metric of the second method, in the same order of users.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="resamples">Number of resamples, 1 or more. The default takes about .4 s of one core for 22,000 users.</param>
    /// <exception cref="ArgumentException">The arrays differ in length or are empty.</exception>
    public static PairedDifference Compare(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int seed, int resamples = 10_000)
    {
        if (first.Length != second.Length || first.IsEmpty)
            throw new ArgumentException($"{first.Length} and {second.Length} users; both methods need the same users, one at least");
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);

        var differences = new double[first.Length];
        for (var user = 0; user < differences.Length; user++)
            differences[user] = first[user] - second[user];

        var means = new double[resamples];
        var state = (ulong)NamedSeed.Derive(seed, "bootstrap");
        foreach (ref var mean in means.AsSpan())
            mean = ResampledMean(differences, ref state);
        Array.Sort(means);
        return new PairedDifference(differences.Average(), Percentile(means, 0.025), Percentile(means, 0.975), resamples);
    }

    private static double ResampledMean(double[] differences, ref ulong state)
    {
        // One number of 64 bits gives two users: 32 bits × n / 2^32 is an index below n. Two sums keep both additions in flight.
        var n = (uint)differences.Length;
        var (even, odd) = (0.0, 0.0);
        for (var pair = 0u; pair < n / 2; pair++)
        {
            var bits = NextBits(ref state);
            even += differences[(int)((bits >> 32) * n >> 32)];
            odd += differences[(int)((bits & uint.MaxValue) * n >> 32)];
        }
        if (n % 2 == 1)
            even += differences[(int)((NextBits(ref state) >> 32) * n >> 32)];
        return (even + odd) / n;
    }

    /// <summary>
    /// SplitMix64 (https://prng.di.unimi.it/splitmix64.c). 22,000 users take 220 million draws, for which a seeded
    /// <see cref="Random"/> needs three to four times as long.
    /// </summary>
    private static ulong NextBits(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Interpolates linearly between the two nearest of the sorted values.</summary>
    private static double Percentile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var index = (int)position;
        var next = Math.Min(index + 1, sorted.Length - 1);
        return sorted[index] + (position - index) * (sorted[next] - sorted[index]);
    }
}
