using System.Numerics.Tensors;
using CsCheck;
using Tandem.Device.Collaboration;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;

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
    public void Nearest_events_are_those_of_a_sort_of_all_items_that_were_met()
    {
        var bundle = new TinyBundle();
        bundle.Values("items.weight").AsSpan(5 * 8, 8).Clear();    // no direction: like nothing
        bundle.Values("items.weight").AsSpan(6 * 8, 8).Clear();
        bundle.Values("items.weight").AsSpan(7 * 8, 8).CopyTo(bundle.Values("items.weight").AsSpan(8 * 8)); // equally like anything
        var model = Device(bundle);
        Gen.Select(Gen.Int[1, 40].Array[0, 60], Gen.Int[1, 40], Gen.Int[0, 45]).Sample((events, item, count) =>
        {
            var session = new DeviceSession(model, new() { HistoryLimit = 30 });
            foreach (var met in events) session.Observe(met);
            Assert.Equal(Sorted(bundle.Values("items.weight"), session.History, item, count), session.Explain(item, count).NearestEvents);
        });
    }

    [Fact]
    public void An_explanation_allocates_little_after_a_thousand_events()
    {
        var shape = new SasRecShape { Items = 3000, Width = 64, Blocks = 1, Heads = 2, Inner = 8, Window = 5 };
        var session = new DeviceSession(RandomBundle.Load(shape), new());
        for (var i = 1; i <= 1000; i++) session.Observe(2 * i);
        Assert.True(session.TryAccept(Lists.Of([.. Enumerable.Range(1, 400)]), out var fault), fault);
        session.Explain(7);
        var before = GC.GetAllocatedBytesForCurrentThread();
        session.Explain(7);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void An_item_that_the_catalogue_lacks_cannot_be_explained() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Session(0.5).Explain(41));

    /// <summary>The oracle: every item that was met, by its latest event, sorted.</summary>
    private static IEnumerable<SimilarEvent> Sorted(float[] table, IReadOnlyList<int> history, int item, int count)
    {
        var similar = new Dictionary<int, SimilarEvent>();
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i] == item) continue;
            var (row, other) = (table.AsSpan(item * 8, 8).ToArray(), table.AsSpan(history[i] * 8, 8).ToArray());
            var lengths = TensorPrimitives.Norm<float>(row) * TensorPrimitives.Norm<float>(other);
            similar[history[i]] = new(
                history[i], history.Count - 1 - i, lengths > 0 ? TensorPrimitives.Dot<float>(row, other) / lengths : 0);
        }

        return similar.Values.OrderByDescending(e => e.Similarity).ThenBy(e => e.Item).Take(count);
    }

    private static DeviceSession Session(double cloudShare)
    {
        var session = new DeviceSession(TinyBundle.Load(), new() { Fusion = new LogLinearFusion(cloudShare) });
        foreach (var item in new[] { 3, 9, 27 }) session.Observe(item);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2, 19), out _));
        return session;
    }

    private static Device.DeviceModel Device(TinyBundle bundle) =>
        DeviceModel.TryLoad(bundle.Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);
}
