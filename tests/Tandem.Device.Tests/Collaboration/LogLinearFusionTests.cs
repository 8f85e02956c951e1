using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class LogLinearFusionTests : FusionRuleContract
{
    internal override IFusionRule Create(double cloudShare) => new LogLinearFusion(cloudShare);

    [Fact]
    public void The_scores_are_weighted_as_they_are() =>
        Assert.Equal([0.25f * -2 + 0.75f * 10, 0.25f * -3 + 0.75f * 30], Fuse(0.25, [-2, -3], [10, 30]));

    [Fact]
    public void What_a_source_lacks_counts_as_the_least_that_it_has() => Assert.Equal(
        [0.25f * -2 + 0.75f * 10, 0.25f * -3 + 0.75f * 30, 0.25f * -3 + 0.75f * 40, 0.25f * -2.5f + 0.75f * 10],
        Fuse(0.25, [-2, -3, float.NaN, -2.5f], [10, 30, 40, float.NaN]));
}
