using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class ByAgeFusionTests : FusionRuleContract
{
    internal override IFusionRule Create(double cloudShare) =>
        new ByAgeFusion(new LogLinearFusion(cloudShare), new LogLinearFusion(cloudShare));

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, 7)]
    [InlineData(50, 7)]
    public void A_list_that_has_seen_every_event_has_a_rule_of_its_own(int age, float expected)
    {
        float[] fused = [0];
        new ByAgeFusion(new LogLinearFusion(1), new LogLinearFusion(0)).Fuse(new([-1], [7], age), fused);
        Assert.Equal(expected, fused[0]);
    }
}
