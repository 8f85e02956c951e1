using CsCheck;
using Tandem.Device.Collaboration;
using Tandem.Device.Sessions;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.Tests;

public class DeviceSessionRankingTests
{
    private static readonly int[] _listed = [7, 30, 2, 19, 11, 40, 1, 25];

    private readonly DeviceModel _model = TinyBundle.Load();

    [Fact]
    public void An_event_changes_the_ranking()
    {
        var session = Session();
        session.Observe(3);
        var before = Items(session.Recommend(40, RankingMode.Device));
        session.Observe(12);
        // Beyond the loss of the consumed item itself.
        Assert.NotEqual(before.Where(i => i != 12), Items(session.Recommend(40, RankingMode.Device)));
    }

    [Theory]
    [InlineData(RankingMode.Fused)]
    [InlineData(RankingMode.Rerank)]
    [InlineData(RankingMode.Cloud)]
    [InlineData(RankingMode.Device)]
    public void Without_a_list_every_mode_ranks_the_whole_catalogue_by_the_device(RankingMode mode)
    {
        var session = Session();
        session.Observe(3);
        var scores = ScoresAfter(3);
        var expected = Enumerable.Range(1, 40).Where(i => i != 3)
            .Select(i => (Item: i, Score: scores[i - 1])).OrderByDescending(i => i.Score).ThenBy(i => i.Item).Take(10);
        var best = session.Recommend(10, mode);
        Assert.Equal(expected, best.Select(r => (r.Item, r.DeviceScore)));
        Assert.All(best, r => Assert.True(r.Score == r.DeviceScore && float.IsNaN(r.CloudScore)));
    }

    [Fact]
    public void Consumed_items_are_never_recommended()
    {
        Gen.Select(Gen.Int[1, 40].Array[0, 12], Gen.Enum<RankingMode>(), Gen.Bool).Sample((events, mode, withList) =>
        {
            var session = Session();
            if (withList) Assert.True(session.TryAccept(Lists.Of(_listed), out _));
            foreach (var item in events) session.Observe(item);
            var best = Items(session.Recommend(40, mode));
            var open = withList && mode != RankingMode.Device ? _listed : Enumerable.Range(1, 40);
            Assert.Equal(open.Except(events).Order(), best.Order());
        });
    }

    [Fact]
    public void Consumed_items_stay_where_people_return_to_them()
    {
        var session = Session(new() { ExcludeConsumed = false });
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        session.Observe(30);
        Assert.Equal(_listed, Items(session.Recommend(10, RankingMode.Cloud)));
        Assert.Contains(30, Items(session.Recommend(40, RankingMode.Device)));
    }

    [Fact]
    public void Cloud_mode_keeps_the_order_of_the_list_even_where_scores_are_equal()
    {
        var session = Session();
        var list = Lists.Of(_listed) with { Scores = [-1, -1, -1, -2, -2, -2, -2, -3] };
        Assert.True(session.TryAccept(list, out _));
        session.Observe(5);
        var best = session.Recommend(10, RankingMode.Cloud);
        Assert.Equal(_listed, Items(best));
        Assert.Equal(list.Scores, best.Select(r => r.CloudScore));
    }

    [Fact]
    public void Rerank_mode_is_the_order_of_the_device_scores()
    {
        var session = Session();
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        session.Observe(5);
        var best = session.Recommend(10, RankingMode.Rerank);
        var byDevice = Items(session.Recommend(40, RankingMode.Device)).Where(_listed.Contains);
        Assert.Equal(byDevice, Items(best));
        Assert.NotEqual(_listed, Items(best));
    }

    [Fact]
    public void Fused_mode_is_the_order_of_the_fusion_rule()
    {
        var session = Session(new() { Fusion = new LogLinearFusion(0.25) });
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        session.Observe(5);
        var best = session.Recommend(10);
        Assert.All(best, r => Close.Number(0.25f * r.CloudScore + 0.75f * r.DeviceScore, r.Score, tolerance: 1e-6));
        Assert.Equal(best.OrderByDescending(r => r.Score), best);
        Assert.Equal(_listed.Order(), Items(best).Order());
    }

    [Fact]
    public void Only_the_last_window_of_a_long_history_counts()
    {
        var options = new DeviceSessionOptions { ExcludeConsumed = false };
        var (longer, shorter) = (Session(options), Session(options));
        foreach (var item in new[] { 33, 34, 35, 36, 1, 2, 3, 4, 5 }) longer.Observe(item);
        foreach (var item in new[] { 1, 2, 3, 4, 5 }) shorter.Observe(item);
        Assert.Equal(shorter.Recommend(40), longer.Recommend(40));
        Assert.Equal(9, longer.History.Count);
    }

    [Fact]
    public void The_answer_is_as_long_as_asked_or_as_there_are_items()
    {
        var session = Session();
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        Assert.Empty(session.Recommend(0));
        Assert.Equal(3, session.Recommend(3).Length);
        Assert.Equal(_listed.Length, session.Recommend(300).Length);
        Assert.Equal(40, session.Recommend(300, RankingMode.Device).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_count_beyond_what_there_is_takes_memory_for_no_more_than_there_is(bool withList)
    {
        var session = Session();
        if (withList) Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        session.Observe(5);
        var expected = session.Recommend(40);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var best = session.Recommend(100_000_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000);
        Assert.Equal(expected, best);
        Assert.Equal(expected, session.Recommend(int.MaxValue));
        var places = new Recommendation[500];
        Assert.Equal(expected, places[..session.Recommend(places.AsSpan())]);
    }

    [Fact]
    public void Counts_below_zero_and_modes_that_do_not_exist_are_refused()
    {
        var session = Session();
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Recommend(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Recommend(1, (RankingMode)4));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Recommend(1, (RankingMode)(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Recommend(new Recommendation[1].AsSpan(), (RankingMode)4));
        Assert.Empty(session.History);
        Assert.Single(session.Recommend(1)); // and the session is free for the next call
    }

    [Fact]
    public void A_long_ranking_is_the_beginning_of_a_sort_of_all()
    {
        var shape = new SasRecShape { Items = 3000, Width = 8, Blocks = 1, Heads = 2, Inner = 8, Window = 5 };
        var session = new DeviceSession(RandomBundle.Load(shape), new());
        foreach (var item in new[] { 3, 2999, 27 }) session.Observe(item);
        var scores = new float[3000];
        session.ScoreCatalog(scores);
        var all = Enumerable.Range(1, 3000).Except([3, 2999, 27]).OrderByDescending(i => scores[i - 1]).ThenBy(i => i).ToArray();
        foreach (var count in new[] { 255, 256, 257, 1000, 2996, 2997, 2998, 3000, 4000 })
        {
            var best = session.Recommend(count);
            Assert.Equal(all.Take(count), Items(best));
            Assert.All(best, r => Assert.Equal(scores[r.Item - 1], r.Score));
        }

        Assert.Equal(all.Where(i => i % 3 == 0).Take(700), Items(session.Recommend(700, isAllowed: i => i % 3 == 0)));
    }

    [Fact]
    public void A_long_list_keeps_the_clouds_order_among_equal_scores()
    {
        var shape = new SasRecShape { Items = 601, Width = 8, Blocks = 1, Heads = 2, Inner = 8, Window = 5 };
        var session = new DeviceSession(RandomBundle.Load(shape), new());
        session.Observe(601);
        var listed = Enumerable.Range(1, 600).ToArray();
        new Random(1).Shuffle(listed);
        var list = Lists.Of(listed) with { Scores = [.. listed.Select((_, place) => -1f - place / 100)] };
        Assert.True(session.TryAccept(list, out var fault), fault);
        Assert.Equal(listed, Items(session.Recommend(600, RankingMode.Cloud)));
        Assert.Equal(listed.Take(300), Items(session.Recommend(300, RankingMode.Cloud)));
        Assert.InRange(session.Inconsistency(), 0.1, 0.9); // random scores against any order
    }

    [Theory]
    [InlineData(RankingMode.Fused)]
    [InlineData(RankingMode.Rerank)]
    [InlineData(RankingMode.Cloud)]
    [InlineData(RankingMode.Device)]
    public void An_event_and_its_ranking_allocate_nothing(RankingMode mode)
    {
        var session = Session();
        Assert.True(session.TryAccept(Lists.Of(_listed), out _));
        var best = new Recommendation[10];
        var item = 0;
        Allocation.AssertNone(() =>
        {
            session.Observe(++item);
            session.Recommend(best.AsSpan(), mode);
        });
    }

    /// <summary>[V].</summary>
    private float[] ScoresAfter(int item)
    {
        var history = new UserHistory(5, 40);
        history.Add(item, 0, Half.One);
        var scores = new float[40];
        new UserModel(_model, null, history).ScoreRange(1, scores);
        return scores;
    }

    private DeviceSession Session(DeviceSessionOptions? options = null) => new(_model, options ?? new());

    private static int[] Items(Recommendation[] best) => [.. best.Select(r => r.Item)];
}
