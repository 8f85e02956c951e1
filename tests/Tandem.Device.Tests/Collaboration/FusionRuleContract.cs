using CsCheck;
using Tandem.Device.Collaboration;
using Tandem.Tests;

namespace Tandem.Device.Tests.Collaboration;

/// <summary>What every <see cref="IFusionRule"/> with a share promises.</summary>
public abstract class FusionRuleContract
{
    // Log-probabilities and logits as models give them; equal ones occur.
    private static readonly Gen<(float[] Cloud, float[] Device)> _lists =
        Gen.Select(Gen.Int[-2000, 0], Gen.Int[-500, 500])
            .Select((cloud, device) => (Cloud: cloud / 100f, Device: device / 50f)).Array[0, 60]
            .Select(pairs => (pairs.Select(p => p.Cloud).ToArray(), pairs.Select(p => p.Device).ToArray()));

    // The same with gaps: an item that is not listed, one that the device cannot score, and one of which nothing is known.
    private static readonly Gen<(float[] Cloud, float[] Device)> _candidates =
        Gen.Select(_lists, Gen.Int[0, 5].Array[60]).Select((list, gaps) =>
        {
            var (cloud, device) = ((float[])list.Cloud.Clone(), (float[])list.Device.Clone());
            for (var i = 0; i < cloud.Length; i++)
            {
                if (gaps[i] is 1 or 3) cloud[i] = float.NaN;
                if (gaps[i] is 2 or 3) device[i] = float.NaN;
            }

            return (cloud, device);
        });

    internal abstract IFusionRule Create(double cloudShare);

    [Fact]
    public void What_any_source_scored_gets_a_finite_score_and_what_none_did_gets_none() =>
        Gen.Select(_candidates, Gen.OneOf(0, 0.3, 1)).Sample((candidates, share) =>
        {
            var fused = Fuse(share, candidates.Cloud, candidates.Device);
            for (var i = 0; i < fused.Length; i++)
            {
                if (float.IsNaN(candidates.Cloud[i]) && float.IsNaN(candidates.Device[i])) Assert.True(float.IsNaN(fused[i]));
                else Assert.True(float.IsFinite(fused[i]));
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void With_all_of_the_say_a_source_orders_what_it_knows_and_what_it_lacks_comes_before_none_of_it(double share) =>
        _candidates.Sample(candidates =>
        {
            var leader = share == 1 ? candidates.Cloud : candidates.Device;
            var fused = Fuse(share, candidates.Cloud, candidates.Device);
            for (var i = 0; i < leader.Length; i++)
            {
                if (float.IsNaN(leader[i])) continue;
                for (var j = 0; j < leader.Length; j++)
                {
                    if (!float.IsNaN(leader[j])) Assert.Equal(leader[i].CompareTo(leader[j]), fused[i].CompareTo(fused[j]));
                    else if (!float.IsNaN(fused[j])) Assert.True(fused[i] >= fused[j]);
                }
            }
        });

    [Fact]
    public void A_source_without_any_score_leaves_the_order_to_the_other()
    {
        float[] none = [float.NaN, float.NaN, float.NaN];
        AssertFollows([-1, -2, -3], Fuse(0.5, [-1, -2, -3], none));
        AssertFollows([2, 3, 1], Fuse(0.5, none, [2, 3, 1]));
        Assert.All(Fuse(0.5, none, none), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void A_candidate_of_which_nothing_is_known_changes_no_other() => _lists.Sample(list => Assert.Equal(
        Fuse(0.4, list.Cloud, list.Device), Fuse(0.4, [.. list.Cloud, float.NaN], [.. list.Device, float.NaN])[..^1]));

    [Fact]
    public void Fusion_allocates_nothing_with_gaps_or_without()
    {
        var rule = Create(0.5);
        var (cloud, gaps, fused) = (new float[] { -1, -2, -3 }, new float[] { 1, float.NaN, 2 }, new float[3]);
        Allocation.AssertNone(() =>
        {
            rule.Fuse(new(cloud, cloud, 2), fused);
            rule.Fuse(new(cloud, gaps, 2), fused);
            rule.Fuse(new(gaps, cloud, 2), fused);
        });
    }

    [Fact]
    public void Sources_of_unequal_length_are_refused() => Assert.Throws<ArgumentException>(() => Fuse(0.5, [-1, -2], [1]));

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
        Create(0.5).Fuse(new([-1, -2, -3], [0.3f, 0.2f, 0.1f], listAge: 3), destination);
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
        Create(share).Fuse(new(cloud, device, listAge: 0), fused);
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
