using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class ConsistencyPolicyTests : RequestPolicyContract
{
    internal override IRequestPolicy Create() => new ConsistencyPolicy(0.5);

    [Theory]
    [InlineData(0.4999, false)]
    [InlineData(0.5, true)]
    [InlineData(0.9, true)]
    [InlineData(0, false)]
    public void It_asks_at_or_above_its_threshold(double inconsistency, bool asks) =>
        Assert.Equal(asks, Create().Decide(new(inconsistency, Age: 3)).Ask);

    [Fact]
    public void The_age_of_the_list_changes_nothing() =>
        Assert.Equal(Create().Decide(new(0.7, Age: 0)), Create().Decide(new(0.7, Age: 10_000)));

    [Fact]
    public void The_reason_names_the_threshold() =>
        Assert.Equal("inconsistency below 0.5", Create().Decide(new(0.1, Age: 0)).Reason);
}
