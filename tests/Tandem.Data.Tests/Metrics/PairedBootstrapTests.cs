using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class PairedBootstrapTests
{
    [Fact]
    public void The_interval_of_a_normal_mean_is_the_known_one()
    {
        // Differences of deviation 1 over 10,000 users: the mean's interval is ± 1.96 / 100.
        var (first, second) = Draw(users: 10_000, gain: 0.1);
        var difference = PairedBootstrap.Compare(first, second, seed: 1);
        Assert.Equal(first.Average() - second.Average(), difference.Mean, 1e-12);
        Assert.Equal(difference.Mean - 0.0196, difference.Lower, 1e-3);
        Assert.Equal(difference.Mean + 0.0196, difference.Upper, 1e-3);
        Assert.True(difference.IsSignificant);
    }

    [Fact]
    public void The_interval_misses_the_truth_about_one_time_in_twenty()
    {
        var missed = Enumerable.Range(0, 400).Count(seed =>
        {
            var (first, second) = Draw(users: 200, gain: 0, seed);
            return PairedBootstrap.Compare(first, second, seed, resamples: 1000).IsSignificant;
        });
        Assert.InRange(missed, 8, 36);
    }

    [Fact]
    public void Equal_methods_differ_by_nothing()
    {
        double[] same = [1, 0, 0.5];
        Assert.Equal(new PairedDifference(0, 0, 0, 10_000), PairedBootstrap.Compare(same, same, seed: 1));
        Assert.False(PairedBootstrap.Compare(same, same, seed: 1).IsSignificant);
    }

    [Fact]
    public void The_seed_decides_the_interval()
    {
        var (first, second) = Draw(users: 51, gain: 0.1);
        Assert.Equal(PairedBootstrap.Compare(first, second, seed: 1), PairedBootstrap.Compare(first, second, seed: 1));
        Assert.NotEqual(PairedBootstrap.Compare(first, second, seed: 1), PairedBootstrap.Compare(first, second, seed: 2));
    }

    [Fact]
    public void Users_that_do_not_pair_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([1, 2], [1], seed: 1));
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([], [], seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedBootstrap.Compare([1], [1], seed: 1, resamples: 0));
    }

    private static (double[] First, double[] Second) Draw(int users, double gain, int seed = 0)
    {
        var random = NamedSeed.Create(seed, "differences");
        double Uniform() => random.NextDouble() * Math.Sqrt(12);
        var second = Enumerable.Range(0, users).Select(_ => random.NextDouble()).ToArray();
        return (Array.ConvertAll(second, value => value + gain + Uniform() - Math.Sqrt(3)), second);
    }
}
