using Tandem.Device.Collaboration;

namespace Tandem.Simulation.Tests;

public sealed class GainFitTests
{
    [Fact]
    public void A_line_that_made_the_gains_is_found_again()
    {
        var random = new Random(1);
        RankingSignals[] signals = [.. Enumerable.Range(0, 5_000).Select(_ => new RankingSignals
        {
            Drift = random.NextDouble(), UnlistedBest = random.NextDouble(), FusedEntropy = 4 * random.NextDouble(), LogAge = Math.Log(3),
        })];
        double[] gains = [.. signals.Select(s => 0.02 + 0.1 * s.Drift - 0.05 * s.UnlistedBest + 0.01 * (random.NextDouble() - 0.5))];
        var (weights, expected) = GainFit.Fit(signals, gains, scale: 0.3);
        Assert.Empty(weights.Validate());
        Assert.Equal(0.3, weights.DeviceScale);
        Assert.Equal(0.1, weights.Weights[4], 0.005);
        Assert.Equal(-0.05, weights.Weights[1], 0.005);
        Assert.Equal(0, weights.Weights[13]); // every list had one age
        Assert.Equal(gains.Average(), expected.Average(), 1e-9);
        Assert.Equal(new ExpectedGainPolicy(weights).Gain(signals[7]), expected[7]);
    }

    [Fact]
    public void A_threshold_starts_where_validation_views_reach_the_rate_and_follows_the_calls()
    {
        double[] scores = [.. Enumerable.Range(0, 1_000).Select(i => i / 1_000.0)];
        var rule = new ThresholdRule(threshold => new ConsistencyPolicy(Math.Max(0, threshold)), scores, rate: 0.2);
        Assert.Equal(0.8, rule.Start, 1e-9);
        var (random, calls) = (new Random(2), 0);
        for (var view = 0; view < 10_000; view++)
        {
            // The test's scores lie lower than those of validation: a fixed threshold would ask for a tenth.
            var asks = rule.PolicyOf(view).Start().Decide(new() { Inconsistency = 0.9 * random.NextDouble() }).Ask;
            calls += asks ? 1 : 0;
            rule.Record(new(view, 1, [], 2, asks ? 1 : 0, asks, 0));
        }

        Assert.InRange(calls / 10_000.0, 0.195, 0.205);
    }

    [Fact]
    public void Where_no_view_is_worth_more_than_another_none_asks()
    {
        var rule = new ThresholdRule(threshold => new ConsistencyPolicy(threshold), [0.5, 0.5, 0.5], rate: 0.2);
        Assert.False(rule.PolicyOf(0).Start().Decide(new() { Inconsistency = 0.5 }).Ask);
    }

    [Fact]
    public void What_is_missed_falls_with_the_rate_and_its_bound_lies_above()
    {
        double[] expected = [0.4, 0.3, 0.2, 0.1];
        double[] gains = [1, -1, 0.5, 0.25];
        Assert.Equal([0.75 / 4, 0.25 / 4, 0], new[] { 0.25, 0.75, 1 }.Select(rate => MissedGain.At(rate, expected, gains).Missed));
        Assert.Equal((4 * 0.1875 + 1) / 5, MissedGain.At(0.25, expected, gains).Bound);
        Assert.Equal(0.4, MissedGain.At(0.25, expected, gains).Threshold);
    }
}
