using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests;

public class DeviceSessionExplanationTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void The_share_of_a_side_that_the_fusion_ignores_is_0(double cloudShare, float expected)
    {
        var explanation = Session(cloudShare).Explain(30);
        Assert.Equal(expected, explanation.CloudShare, 5e-3f);
        Assert.Equal(1, explanation.CloudShare + explanation.DeviceShare, 1e-6f);
    }

    [Fact]
    public void Scores_are_those_that_ranked()
    {
        var session = Session(0.5);
        foreach (var best in session.Recommend(10))
        {
            var explanation = session.Explain(best.Item);
            Assert.Equal((best.CloudScore, best.DeviceScore), (explanation.CloudScore, explanation.DeviceScore));
            Assert.InRange(explanation.CloudShare, 0, 1);
        }
    }

    [Fact]
    public void An_item_that_is_not_on_the_list_is_the_devices_own()
    {
        var explanation = Session(0.5).Explain(12);
        Assert.True(float.IsNaN(explanation.CloudScore) && float.IsFinite(explanation.DeviceScore));
        Assert.Equal((0f, 1f), (explanation.CloudShare, explanation.DeviceShare));
    }

    [Fact]
    public void Nearest_events_are_ordered_by_similarity_and_tell_their_age()
    {
        var bundle = new TinyBundle();
        for (var d = 0; d < 8; d++) // item 9's embedding is twice item 12's
        {
            bundle.Set("items.weight", 9 * 8 + d, d + 1);
            bundle.Set("items.weight", 12 * 8 + d, (d + 1) / 2f);
        }

        var session = new DeviceSession(Device(bundle), new());
        foreach (var item in new[] { 3, 9, 27, 5, 12 }) session.Observe(item);
        var nearest = session.Explain(12).NearestEvents;
        Assert.Equal(3, nearest.Count);
        Assert.Equal((9, 3L), (nearest[0].Item, nearest[0].Age));
        Assert.Equal(1, nearest[0].Similarity, 1e-6f);
        Assert.Equal(nearest.OrderByDescending(e => e.Similarity), nearest);
        Assert.DoesNotContain(nearest, e => e.Item == 12);
    }

    [Fact]
    public void An_item_that_the_catalogue_lacks_cannot_be_explained() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Session(0.5).Explain(41));

    private static DeviceSession Session(double cloudShare)
    {
        var session = new DeviceSession(TinyBundle.Load(), new() { Fusion = new LogLinearFusion(cloudShare) });
        foreach (var item in new[] { 3, 9, 27 }) session.Observe(item);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2, 19), out _));
        return session;
    }

    private static Device.Models.DeviceModel Device(TinyBundle bundle) =>
        Tandem.Device.Models.DeviceModel.TryLoad(bundle.Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);
}
