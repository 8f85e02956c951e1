using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class ExpectedGainPolicyTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new ExpectedGainPolicy(Weights((4, 0.1)));

    [Theory]
    [InlineData(0.19, false)]
    [InlineData(0.21, true)]
    public void It_asks_from_its_threshold_on(double drift, bool asks) => Assert.Equal(
        asks, Create().Start().Decide(new() { Signals = new RankingSignals { Drift = drift } }).Ask); // 0.01 + 0.1 x ≥ 0.03

    [Fact]
    public void Without_signals_it_asks_for_nothing() => Assert.False(Create().Start().Decide(new() { ItemsLeft = 20 }).Ask);

    [Fact]
    public void Every_signal_has_the_weight_of_its_place()
    {
        var signals = new RankingSignals
        {
            Inconsistency = 1,
            UnlistedBest = 2,
            ListedShare = 3,
            ListedLead = 4,
            Drift = 5,
            FusedTop = 6,
            FusedEntropy = 7,
            FusedExpected = 8,
            FusedListed = 9,
            DeviceTop = 10,
            DeviceExpected = 11,
            DeviceEntropy = 12,
            CloudSpread = 13,
            LogAge = 14,
        };
        var values = new double[GainWeights.Signals];
        signals.CopyTo(values);
        Assert.Equal(Enumerable.Range(1, 14).Select(i => (double)i), values);
        for (var k = 0; k < values.Length; k++) // from 10 on no more counts
            Assert.Equal(0.01 + Math.Min(k + 1, 10), new ExpectedGainPolicy(Weights((k, 1))).Gain(signals), 1e-12);
    }

    [Fact]
    public void Faults_of_the_weights_are_told_together()
    {
        var fault = Assert.Throws<ArgumentException>(() => new ExpectedGainPolicy(
            new() { Intercept = double.NaN, Weights = [1, 2], DeviceScale = 0, Threshold = 0 }));
        Assert.Contains("2 weights, expected 14", fault.Message, StringComparison.Ordinal);
        Assert.Contains("intercept", fault.Message, StringComparison.Ordinal);
        Assert.Contains("scale", fault.Message, StringComparison.Ordinal);
    }

    private static GainWeights Weights((int Signal, double Weight) one)
    {
        var weights = new double[GainWeights.Signals];
        weights[one.Signal] = one.Weight;
        return new() { Intercept = 0.01, Weights = weights, DeviceScale = 0.5, Threshold = 0.03 };
    }
}
