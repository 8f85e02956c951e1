using CsCheck;
using Tandem.Device.Collaboration;

namespace Tandem.Device.Tests.Collaboration;

/// <summary>What every <see cref="IFusionRule"/> with a share promises.</summary>
public abstract class FusionRuleContract
{
    // Log-probabilities and logits as models give them; equal ones occur.
    private static readonly Gen<(float[] Cloud, float[] Device)> _lists =
        Gen.Select(Gen.Int[-2000, 0], Gen.Int[-500, 500])
            .Select((cloud, device) => (Cloud: cloud / 100f, Device: device / 50f)).Array[0, 60]
            .Select(pairs => (pairs.Select(p => p.Cloud).ToArray(), pairs.Select(p => p.Device).ToArray()));

    internal abstract IFusionRule Create(double cloudShare);

    [Fact]
    public void A_share_of_1_keeps_the_order_of_the_cloud() =>
        _lists.Sample(list => AssertFollows(list.Cloud, Fuse(1, list.Cloud, list.Device)));

    [Fact]
    public void A_share_of_0_keeps_the_order_of_the_device() =>
        _lists.Sample(list => AssertFollows(list.Device, Fuse(0, list.Cloud, list.Device)));

    [Fact]
    public void An_item_that_both_prefer_wins_at_every_share()
    {
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            var fused = Fuse(share, [-1, -2, -3], [3, 1, 2]);
            Assert.True(fused[0] > fused[1] && fused[0] > fused[2], $"share {share}");
        }
    }

    [Fact]
    public void Constant_scores_on_either_side_or_both_stay_finite()
    {
        float[] constant = [-4, -4, -4], falling = [-1, -2, -3];
        foreach (var (cloud, device) in new[] { (constant, constant), (constant, falling), (falling, constant) })
            Assert.All(Fuse(0.5, cloud, device), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_constant_side_leaves_the_order_to_the_other()
    {
        AssertFollows([-1, -2, -3], Fuse(0.5, [-1, -2, -3], [7, 7, 7]));
        AssertFollows([2, 3, 1], Fuse(0.5, [-5, -5, -5], [2, 3, 1]));
    }

    [Fact]
    public void Every_place_of_the_list_is_written_and_none_beyond()
    {
        float[] destination = [9, 9, 9, 9];
        Create(0.5).Fuse([-1, -2, -3], [0.3f, 0.2f, 0.1f], age: 3, destination);
        Assert.DoesNotContain(9, destination[..3]);
        Assert.Equal(9, destination[3]);
    }

    [Fact]
    public void An_empty_list_and_a_list_of_one_are_fused()
    {
        Assert.Empty(Fuse(0.5, [], []));
        Assert.True(float.IsFinite(Assert.Single(Fuse(0.5, [-2], [3]))));
    }

    protected float[] Fuse(double share, float[] cloud, float[] device)
    {
        var fused = new float[cloud.Length];
        Create(share).Fuse(cloud, device, age: 0, fused);
        return fused;
    }

    /// <summary>Asserts that better in one is better in the other, and equal is equal.</summary>
    private static void AssertFollows(float[] leader, float[] follower)
    {
        for (var i = 0; i < leader.Length; i++)
        {
            for (var j = 0; j < leader.Length; j++)
                Assert.Equal(leader[i].CompareTo(leader[j]), follower[i].CompareTo(follower[j]));
        }
    }
}
