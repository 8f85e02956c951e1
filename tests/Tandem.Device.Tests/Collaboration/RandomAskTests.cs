using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class RandomAskTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new RandomAsk(0.3, seed: 5);

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void It_asks_at_its_rate(double rate)
    {
        const int Decisions = 20_000;
        var policy = new RandomAsk(rate, seed: 6).Start();
        var asked = Enumerable.Range(0, Decisions).Count(i => policy.Decide(Situations[i % Situations.Length]).Ask);
        // Four standard deviations; none at all for rates 0 and 1.
        Assert.Equal(rate, (double)asked / Decisions, tolerance: 4 * Math.Sqrt(rate * (1 - rate) / Decisions));
    }

    [Fact]
    public void Sessions_of_one_policy_draw_apart_and_of_one_seed_alike()
    {
        var policy = new RandomAsk(0.5, seed: 7);
        var (first, second, again) = (policy.Start(), policy.Start(), new RandomAsk(0.5, seed: 7).Start());
        var draws = Enumerable.Range(0, 200).Select(_ => (
            First: first.Decide(Situations[0]).Ask,
            Second: second.Decide(Situations[0]).Ask,
            Again: again.Decide(Situations[0]).Ask)).ToArray();
        Assert.All(draws, draw => Assert.Equal(draw.First, draw.Again));
        Assert.InRange(draws.Count(draw => draw.First == draw.Second), 60, 140); // half of 200, by far more than four standard deviations
    }

    [Fact]
    public void A_rate_that_is_no_share_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        "rate", () => new RandomAsk(1.5, seed: 1));
}
