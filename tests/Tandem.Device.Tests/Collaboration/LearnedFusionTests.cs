using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

public sealed class LearnedFusionTests : FusionRuleContract
{
    internal override IFusionRule Create(double cloudShare) => new LearnedFusion([Weights(0, 1 - cloudShare, cloudShare)]);

    [Fact]
    public void A_score_is_what_the_weights_say() => AssertClose(
        [0.5f * (10 - 30) + 0.25f * 1 + 2 + -0.1f * (5 - 7), 0.5f * 0 + 2 + -0.1f * 0, 0.5f * (20 - 30)],
        Fuse(
            new() { Age = 0, Device = 0.5, Cloud = 0.25, Listed = 2, Before = -0.1 },
            [-2, -3, float.NaN], [10, 30, 20], [5, 7, float.NaN]));

    [Fact]
    public void Where_the_scores_from_before_are_unknown_they_count_nothing() => AssertClose(
        [0.5f * (10 - 30) + 2, 2],
        Fuse(new() { Age = 0, Device = 0.5, Cloud = 0, Listed = 2, Before = -0.1 }, [-2, -3], [10, 30], [float.NaN, float.NaN]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.75)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.25)]
    [InlineData(4, 0)]
    [InlineData(900, 0)]
    public void Weights_change_in_proportion_between_two_ages_and_stay_beyond_the_last(int age, float cloud)
    {
        var rule = new LearnedFusion([Weights(0, 0, 1), Weights(2, 0.5, 0.5), Weights(4, 1, 0)]);
        var fused = new float[2];
        rule.Fuse(new([-1, -3], [0, 0], age), fused);
        Assert.Equal(2 * cloud, fused[0] - fused[1], 1e-6f);
    }

    [Fact]
    public void At_an_age_where_only_one_side_counts_the_other_changes_nothing()
    {
        var rule = new LearnedFusion([Weights(0, 0, 1), Weights(9, 1, 0)]);
        var (fresh, stale) = (new float[3], new float[3]);
        rule.Fuse(new([-1, -2, -3], [1, 2, 3], [3, 2, 1], listAge: 0), fresh);
        rule.Fuse(new([-1, -2, -3], [1, 2, 3], [3, 2, 1], listAge: 9), stale);
        Assert.Equal([2, 1, 0], fresh);
        Assert.Equal([-2, -1, 0], stale);
    }

    [Fact]
    public void Faults_of_the_weights_are_told_together()
    {
        var fault = Assert.Throws<ArgumentException>(
            () => new LearnedFusion([Weights(1, 1, 1), Weights(1, double.NaN, 0), Weights(2, 0, 0)]));
        Assert.Contains("age is 1, expected 0 for the first", fault.Message, StringComparison.Ordinal);
        Assert.Contains("age is 1, expected more than the one before", fault.Message, StringComparison.Ordinal);
        Assert.Contains("nothing would be ranked", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LearnedFusion([]));
    }

    private static FusionWeights Weights(int age, double device, double cloud) =>
        new() { Age = age, Device = device, Cloud = cloud, Listed = 0, Before = 0 };

    private static float[] Fuse(FusionWeights weights, float[] cloud, float[] device, float[] before)
    {
        var fused = new float[cloud.Length];
        new LearnedFusion([weights]).Fuse(new(cloud, device, before, listAge: 0), fused);
        return fused;
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }
}
