using MathNet.Numerics.Distributions;

namespace Tandem.Data.Metrics;

/// <summary>
/// Student's paired t-test over users, two-sided: how often would equal methods differ by this much or more? docs/protocols.md says
/// why it was chosen over a permutation test.
/// </summary>
public static class PairedTTest
{
    /// <summary>Compares two methods on the same users.</summary>
    /// <param name="first">[users] metric of the first method.</param>
    /// <param name="second">[users] metric of the second method, in the same order of users.</param>
    /// <returns>
    /// The p value, from 0 to 1; 1 where there is a single user, whose difference has no variance to judge by, and where both methods are
    /// equal for every user.
    /// </returns>
    /// <exception cref="ArgumentException">The arrays differ in length or are empty.</exception>
    public static double PValue(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.IsEmpty)
            throw new ArgumentException($"{first.Length} and {second.Length} users; both methods need the same users, one at least");
        var n = first.Length;
        var mean = 0.0;
        for (var i = 0; i < n; i++) mean += (first[i] - second[i]) / n;
        if (n == 1 || mean == 0) return 1;
        var squares = 0.0;
        for (var i = 0; i < n; i++) squares += Math.Pow(first[i] - second[i] - mean, 2);
        var t = Math.Abs(mean) / Math.Sqrt(squares / (n - 1.0) / n);
        return 2 * StudentT.CDF(0, 1, n - 1, -t);
    }
}
