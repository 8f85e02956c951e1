using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class RandomAskTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new RandomAsk(0.3, new Random(5));

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void It_asks_at_its_rate(double rate)
    {
        const int Decisions = 20_000;
        var policy = new RandomAsk(rate, new Random(6));
        var asked = Enumerable.Range(0, Decisions).Count(i => policy.Decide(Situations[i % Situations.Length]).Ask);
        // Four standard deviations; none at all for rates 0 and 1.
        Assert.Equal(rate, (double)asked / Decisions, tolerance: 4 * Math.Sqrt(rate * (1 - rate) / Decisions));
    }
}
