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
    /// <param name="resamples">Number of resamples, 1 or more. The default takes about 1 s of one core for 22,000 users.</param>
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
        var random = NamedSeed.Create(seed, "bootstrap");
        foreach (ref var mean in means.AsSpan())
            mean = ResampledMean(differences, random);
        Array.Sort(means);
        return new PairedDifference(differences.Average(), Percentile(means, 0.025), Percentile(means, 0.975), resamples);
    }

    private static double ResampledMean(double[] differences, Random random)
    {
        var sum = 0.0;
        for (var i = 0; i < differences.Length; i++)
            sum += differences[random.Next(differences.Length)];
        return sum / differences.Length;
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
