using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class PairedTTestTests
{
    // Student's own example (1908): extra hours of sleep of ten patients under two drugs; t = −4.0621, 9 degrees of freedom.
    private static readonly double[] _dextro = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] _laevo = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    [Fact]
    public void Students_own_example_has_the_known_value()
    {
        Assert.Equal(0.002833, PairedTTest.PValue(_dextro, _laevo), 5e-7);
        Assert.Equal(PairedTTest.PValue(_dextro, _laevo), PairedTTest.PValue(_laevo, _dextro), 1e-15);
    }

    // With one degree of freedom the distribution is Cauchy's and with two algebraic, so both are worked out by hand:
    // p = 1 − 2/π · arctan t and p = 1 − t / √(2 + t²).
    [Fact]
    public void Few_users_follow_the_closed_forms()
    {
        // Differences 1 and 3: mean 2, deviation √2, t = 2.
        Assert.Equal(1 - 2 / Math.PI * Math.Atan(2), PairedTTest.PValue([1, 3], [0, 0]), 1e-12);
        // Differences 1, 2, 3: mean 2, deviation 1, t = 2 √3.
        Assert.Equal(1 - 2 * Math.Sqrt(3) / Math.Sqrt(14), PairedTTest.PValue([1, 2, 3], [0, 0, 0]), 1e-12);
    }

    // An independent way to the same question: how often does a random change of signs give so large a mean?
    [Fact]
    public void Changing_signs_at_random_gives_the_same_value_on_differences_that_are_mostly_zero()
    {
        var random = NamedSeed.Create(3, "differences");
        double[] differences = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble() < 0.8 ? 0 : random.NextDouble() - 0.42)];
        var observed = Math.Abs(differences.Sum());
        const int flips = 20_000;
        var asLarge = Enumerable.Range(0, flips).Count(_ => Math.Abs(differences.Sum(d => random.Next(2) == 0 ? d : -d)) >= observed);
        var p = PairedTTest.PValue(differences, new double[differences.Length]);
        Assert.InRange(p, 0.01, 0.5); // neither end, where any two tests would agree
        Assert.Equal(asLarge / (double)flips, p, 0.015);
    }

    [Fact]
    public void Equal_methods_are_rejected_about_one_time_in_twenty()
    {
        var rejected = Enumerable.Range(0, 1000).Count(seed =>
        {
            var random = NamedSeed.Create(seed, "differences");
            double[] first = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble() < 0.7 ? 0 : random.NextDouble() - 0.5)];
            return PairedTTest.PValue(first, new double[100]) < 0.05;
        });
        Assert.InRange(rejected, 30, 75);
    }

    [Fact]
    public void Differences_too_large_for_chance_go_to_zero_without_a_floor()
    {
        double[] first = [.. Enumerable.Range(0, 20_000).Select(i => 1.0 + i % 2)];
        Assert.InRange(PairedTTest.PValue(first, new double[first.Length]), 0, 1e-300);
        Assert.Equal(0, PairedTTest.PValue([2, 2, 2], [1, 1, 1]));
    }

    [Fact]
    public void Where_nothing_is_shown_the_value_is_one()
    {
        Assert.Equal(1, PairedTTest.PValue([1], [0]));
        Assert.Equal(1, PairedTTest.PValue([0.3, 0.1], [0.3, 0.1]));
        Assert.Equal(1, PairedTTest.PValue([1, 0], [0, 1]));
    }

    [Fact]
    public void Users_that_do_not_pair_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PairedTTest.PValue([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => PairedTTest.PValue([], []));
    }
}
