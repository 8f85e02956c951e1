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
        Assert.Equal(asks, Create().Start().Decide(new() { Inconsistency = inconsistency, ListAge = 3 }).Ask);

    [Fact]
    public void The_age_of_the_list_changes_nothing() =>
        Assert.Equal(Decide(0.7, age: 0), Decide(0.7, age: 10_000));

    [Fact]
    public void The_reason_names_the_threshold() =>
        Assert.Equal("inconsistency below 0.5", Decide(0.1, age: 0).Reason);

    private RequestDecision Decide(double inconsistency, int age) =>
        Create().Start().Decide(new() { Inconsistency = inconsistency, ListAge = age });
}
