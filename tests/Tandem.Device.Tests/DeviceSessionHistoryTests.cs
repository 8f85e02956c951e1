using CsCheck;
using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests;

public class DeviceSessionHistoryTests
{
    private readonly DeviceModel _model = TinyBundle.Load();

    [Fact]
    public void Undo_leaves_what_would_be_had_the_event_never_been()
    {
        // Positive: observe an item; 0: undo.
        Gen.Int[0, 40].Array[1, 30].Sample(steps =>
        {
            var (session, expected) = (new DeviceSession(_model, new()), new List<int>());
            foreach (var step in steps)
            {
                if (step > 0)
                {
                    session.Observe(step);
                    expected.Add(step);
                }
                else
                {
                    Assert.Equal(expected.Count > 0, session.Undo());
                    if (expected.Count > 0) expected.RemoveAt(expected.Count - 1);
                }
            }

            var fresh = new DeviceSession(_model, new());
            foreach (var item in expected) fresh.Observe(item);
            Assert.Equal(expected, session.History);
            Assert.Equal(fresh.Recommend(40), session.Recommend(40));
        });
    }

    [Fact]
    public void Events_beyond_the_limit_are_forgotten_but_not_that_their_items_were_consumed()
    {
        var session = new DeviceSession(_model, new() { HistoryLimit = 6 });
        var size = session.SizeBytes;
        for (var item = 1; item <= 20; item++) session.Observe(item);
        Assert.Equal([15, 16, 17, 18, 19, 20], session.History);
        Assert.Equal(20, session.EventCount);
        Assert.Equal(Enumerable.Range(21, 20), session.Recommend(40).Select(r => r.Item).Order());
        Assert.Equal(size, session.SizeBytes);

        for (var i = 0; i < 6; i++) Assert.True(session.Undo());
        Assert.False(session.Undo());
        Assert.Equal(14, session.EventCount);
    }

    [Fact]
    public void An_item_met_twice_stays_consumed_when_the_second_event_is_taken_back()
    {
        var session = new DeviceSession(_model, new());
        foreach (var item in new[] { 7, 8, 7 }) session.Observe(item);
        session.Undo();
        Assert.DoesNotContain(session.Recommend(40), r => r.Item is 7 or 8);
        session.Undo();
        session.Undo();
        Assert.Equal(40, session.Recommend(40).Length);
    }

    [Fact]
    public void A_filter_leaves_items_out_of_list_and_catalogue()
    {
        var session = new DeviceSession(_model, new());
        session.Observe(5);
        var all = session.Recommend(40).Select(r => r.Item).ToList();
        Assert.Equal(all.Where(item => item % 3 == 0).Take(4), session.Recommend(4, isAllowed: item => item % 3 == 0).Select(r => r.Item));
        Assert.True(session.TryAccept(Lists.Of(9, 1, 6, 2), out _));
        Assert.Equal([6, 9], session.Recommend(4, isAllowed: item => item % 3 == 0).Select(r => r.Item).Order());
        Assert.Empty(session.Recommend(4, isAllowed: _ => false));
    }

    [Fact]
    public void Threads_that_observe_take_back_and_rank_at_once_lose_no_event()
    {
        var session = new DeviceSession(_model, new() { ExcludeConsumed = false });
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2, 19), out _));
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var best = new Recommendation[5];
            for (var i = 0; i < 200; i++)
            {
                session.Observe(1 + (thread * 200 + i) % 40);
                if (i % 10 == 0)
                {
                    session.Observe(1);
                    session.Undo();
                }

                var count = session.Recommend(best, (RankingMode)(i % 4));
                for (var n = 0; n < count; n++)
                {
                    Assert.True(
                    float.IsFinite(best[n].DeviceScore) && (n == 0 || best[n].Score <= best[n - 1].Score));
                }
            }
        });
        Assert.Equal(1600, session.EventCount);
    }
}
