using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

/// <summary>A device that holds no item table, beside one that holds a whole one of the same int8 rows.</summary>
public class DeviceSessionSliceTests
{
    private const int Width = 8;

    private readonly float[] _table = new TinyBundle().Values("items.weight");
    private readonly DeviceModel _whole;
    private readonly DeviceModel _bare;

    public DeviceSessionSliceTests()
    {
        var (whole, bare) = (new TinyBundle(), new TinyBundle());
        whole.Items = TinyStorage.Quantised;
        bare.Remove("items.weight");
        (_whole, _bare) = (Load(whole), Load(bare));
    }

    [Fact]
    public void With_the_rows_of_list_and_history_it_ranks_as_a_device_with_a_table_does()
    {
        var (bare, whole) = (new DeviceSession(_bare, new()), new DeviceSession(_whole, new()));
        foreach (var session in new[] { bare, whole })
        {
            session.Observe(3);
            session.Observe(9);
            Assert.True(session.TryAccept(List([7, 30, 2, 19], [7, 30, 2, 19, 3, 9, 12]), out var fault), fault);
            Assert.Equal(4, session.Recommend(10).Length);
        }

        Assert.Equal(whole.Recommend(10), bare.Recommend(10));
        bare.Observe(12);
        whole.Observe(12);
        Assert.Equal(whole.Recommend(10), bare.Recommend(10));
        Assert.Equal(Alone(whole.Explain(2)), Alone(bare.Explain(2)));

        static Explanation Alone(Explanation why) => why with { NearestEvents = [], Contents = [] };
    }

    [Fact]
    public void An_event_whose_row_is_not_held_counts_as_soon_as_it_arrives()
    {
        var (bare, whole) = (new DeviceSession(_bare, new()), new DeviceSession(_whole, new()));
        foreach (var item in new[] { 3, 25, 9 }) bare.Observe(item);
        foreach (var item in new[] { 3, 9 }) whole.Observe(item);
        Assert.True(bare.TryAccept(List([7, 30], [7, 30, 3, 9]), out _));
        Assert.True(whole.TryAccept(List([7, 30], null), out _));
        Assert.Equal(whole.Recommend(10), bare.Recommend(10));

        whole.Undo();
        foreach (var item in new[] { 25, 9 }) whole.Observe(item);
        Assert.True(bare.TryAccept(List([7, 30], [25]), out var fault), fault);
        Assert.Equal(whole.Recommend(10).Select(r => r.DeviceScore), bare.Recommend(10).Select(r => r.DeviceScore));
    }

    [Fact]
    public void A_list_without_the_rows_it_needs_is_refused_and_the_last_good_one_keeps_serving()
    {
        var session = new DeviceSession(_bare, new() { ItemLimit = 6 });
        Assert.True(session.TryAccept(List([7, 30], [7, 30, 3]), out _));
        session.Observe(3);
        var before = session.Recommend(10);
        AssertRefused(List([7, 2], null), "the row of item 2 is neither in the slice nor held");
        AssertRefused(List([7, 2], [5]), "the row of item 2");
        AssertRefused(List([1, 2, 4], [1, 2, 4, 5, 6, 8, 9]), "need 7 rows, 6 fit");
        AssertRefused(List([7, 30], null) with { Slice = [1, 2, 3] }, "too few");
        AssertRefused(List([7], [7], model: "2"), "rows of model 2");

        void AssertRefused(CandidateList list, string reason)
        {
            Assert.False(session.TryAccept(list, out var fault));
            Assert.Contains(reason, fault, StringComparison.Ordinal);
            Assert.Equal(before, session.Recommend(10));
        }
    }

    [Fact]
    public async Task It_asks_the_cloud_for_the_rows_of_its_own_model()
    {
        CandidateRequest? asked = null;
        var cloud = new FakeCloud(request =>
        {
            asked = request;
            return List([7, 30], [7, 30]);
        });
        await new DeviceSession(_bare, new()).RefreshAsync(cloud, TestContext.Current.CancellationToken);
        Assert.Equal("1", asked!.SliceOfModel);
        await new DeviceSession(_whole, new()).RefreshAsync(cloud, TestContext.Current.CancellationToken);
        Assert.Null(asked.SliceOfModel);
    }

    [Fact]
    public void Another_model_lets_go_of_the_list_whose_rows_were_those_of_the_old_one()
    {
        var session = new DeviceSession(_bare, new());
        Assert.True(session.TryAccept(List([7, 30], [7, 30]), out _));
        Assert.True(session.TrySwap(_bare, out _));
        Assert.Empty(session.Recommend(10));
        Assert.True(session.Decide().Ask);
    }

    private CandidateList List(int[] items, int[]? rows, string model = "1") => Lists.Of(items) with
    {
        Slice = rows is null ? null : ItemSlice.FromTable(TinyBundle.Catalog, model, rows, _table, Width).ToBytes(),
    };

    private static DeviceModel Load(TinyBundle bundle) =>
        DeviceModel.TryLoad(bundle.Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);
}
