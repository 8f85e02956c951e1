using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class MinMaxFusionTests : FusionRuleContract
{
    internal override IFusionRule Create(double cloudShare) => new MinMaxFusion(cloudShare);

    [Fact]
    public void Each_side_is_stretched_to_0_to_1_before_it_is_weighted() =>
        Assert.Equal([0.25f * 1 + 0.75f * 0.5f, 0.25f * 0.5f + 0.75f * 1, 0], Fuse(0.25, [-2, -3, -4], [10, 30, -10]));

    [Fact]
    public void What_a_source_lacks_counts_as_its_0_and_does_not_stretch_its_range() => Assert.Equal(
        [0.25f * 1 + 0.75f * 0.5f, 0.25f * 0.5f + 0.75f * 1, 0, 0.75f * 0.75f, 0.25f * 1],
        Fuse(0.25, [-2, -3, -4, float.NaN, -2], [10, 30, -10, 20, float.NaN]));

    [Fact]
    public void Neither_shift_nor_scale_of_a_side_matters()
    {
        var fused = Fuse(0.5, [-2, -3, -4], [10, 30, -10]);
        Assert.Equal(fused, Fuse(0.5, [-6, -8, -10], [101, 103, 99]));
    }
}
