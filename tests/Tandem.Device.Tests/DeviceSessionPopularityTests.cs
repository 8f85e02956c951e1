using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Device.Tests;

public class DeviceSessionPopularityTests
{
    // Item 40 has 41 events, item 39 has 40, and so on.
    private static readonly PopularItems _popular = PopularItems.FromCounts([.. Enumerable.Range(0, 41).Select(i => i + 1L)]);

    [Fact]
    public void Before_the_first_event_the_most_popular_items_are_the_answer_and_say_so()
    {
        var session = new DeviceSession(Model(), new());
        var best = session.Recommend(3);
        Assert.Equal([40, 39, 38], best.Select(b => b.Item));
        Assert.All(best, b => Assert.True(b.IsForPopularity));
        Assert.Equal(41f / Enumerable.Range(2, 40).Sum(), best[0].Score);
        Assert.Equal([37, 34], session.Recommend(2, RankingMode.Device, item => item % 3 == 1 && item < 40).Select(b => b.Item));
    }

    [Fact]
    public void From_the_first_event_on_the_model_ranks_and_after_it_was_taken_back_popularity_does()
    {
        var session = new DeviceSession(Model(), new());
        session.Observe(40);
        Assert.All(session.Recommend(40), b => Assert.False(b.IsForPopularity));
        Assert.True(session.Undo());
        Assert.Equal([40, 39, 38], session.Recommend(3).Select(b => b.Item));
    }

    [Fact]
    public void A_list_from_the_cloud_is_better_than_popularity()
    {
        var session = new DeviceSession(Model(), new());
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2), out _));
        Assert.All(session.Recommend(3), b => Assert.False(b.IsForPopularity));
    }

    [Fact]
    public void A_device_without_a_table_that_holds_no_row_of_its_events_answers_by_popularity_too()
    {
        var session = new DeviceSession(Model(bundle => bundle.Remove("items.weight")), new());
        session.Observe(40);
        Assert.Equal([39, 38, 37], session.Recommend(3).Select(b => b.Item));
    }

    [Fact]
    public void Counts_of_successors_alone_are_more_than_popularity()
    {
        var model = Model(bundle =>
        {
            bundle.Remove("items.weight");
            bundle.Join = Counted.Join;
        });
        var session = new DeviceSession(model, new());
        session.Observe(Enumerable.Range(1, 40).First(item => model.Successors!.Table.RowLength(item) > 0));
        Assert.Empty(session.Recommend(3)); // no row is held that could be ranked, and the user is known a little
    }

    [Fact]
    public void A_ranking_by_popularity_allocates_nothing()
    {
        var session = new DeviceSession(Model(), new());
        var best = new Recommendation[10];
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 10; i++) session.Recommend(best);
        });
    }

    private static DeviceModel Model(Action<TinyBundle>? change = null)
    {
        var bundle = new TinyBundle();
        bundle.Counts = writer =>
        {
            _popular.Write(writer);
            if (bundle.Join is not null) Counted.Table().Write(writer);
        };
        change?.Invoke(bundle);
        return Counted.Opened(bundle);
    }
}
