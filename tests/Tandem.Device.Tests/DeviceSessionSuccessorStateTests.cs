using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>Counts of successors through all that changes a session beside its events.</summary>
public sealed class DeviceSessionSuccessorStateTests : IDisposable
{
    private static readonly DeviceSessionOptions _options = new() { ExcludeConsumed = false, HistoryLimit = 6 };

    private readonly TemporaryFolder _folder = new();
    private readonly DeviceModel _model = Counted.Load(new(), Counted.Join with { Recent = 12 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_event_that_is_taken_back_never_counted()
    {
        var session = Session(3, 9, 27);
        var before = Counted.Scores(session);
        session.Observe(14);
        Assert.NotEqual(before, Counted.Scores(session));
        session.Undo();
        Assert.Equal(before, Counted.Scores(session));
        session.Undo();
        session.Observe(5); // as many events as before, others
        AssertBonus(session, [3, 9, 5]);
    }

    [Fact]
    public void As_many_events_are_kept_as_are_read_however_few_were_asked_for()
    {
        int[] events = [.. Enumerable.Range(0, 30).Select(i => 1 + i * 7 % 40)];
        var session = Session(events);
        Assert.Equal(12, session.History.Count);
        AssertBonus(session, events);
    }

    [Fact]
    public void A_restored_session_goes_on_bit_for_bit()
    {
        var session = Session();
        for (var n = 0; n < 30; n++)
        {
            session.Observe(1 + n * 11 % 40, n);
            var restored = Session();
            Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
            Assert.Equal(Counted.Scores(session), Counted.Scores(restored));
            foreach (var each in new[] { session, restored }) each.Observe(1 + n * 3 % 40, n);
            Assert.Equal(Counted.Scores(session), Counted.Scores(restored));
            Assert.Equal(session.Recommend(40), restored.Recommend(40));
            session.Undo();
            restored.Undo();
            Assert.Equal(Counted.Scores(session), Counted.Scores(restored));
        }
    }

    [Fact]
    public void A_session_comes_back_from_its_log()
    {
        float[] before;
        using (var session = Open())
        {
            for (var n = 0; n < 30; n++) session.Observe(1 + n * 11 % 40, n);
            session.Undo();
            before = Counted.Scores(session);
        }

        using var again = Open();
        Assert.Equal(before, Counted.Scores(again));

        DeviceSession Open() => DeviceSession.TryOpen(_model, _options, _folder["events.log"], out var session, out var fault)
            ? session
            : throw new InvalidOperationException(fault);
    }

    [Fact]
    public void A_swapped_model_brings_its_counts_and_takes_them_away()
    {
        var (session, alone) = (new DeviceSession(TinyBundle.Load(), _options), new DeviceSession(TinyBundle.Load(), _options));
        for (var n = 0; n < 9; n++)
        {
            session.Observe(1 + n, n);
            alone.Observe(1 + n, n);
        }

        var without = Counted.Scores(session);
        Assert.Equal(6, session.History.Count);
        Assert.True(session.TrySwap(_model, out var fault), fault);
        AssertBonus(session, [4, 5, 6, 7, 8, 9], without);
        int[] later = [.. Enumerable.Range(0, 20).Select(n => 1 + n * 7 % 40)];
        foreach (var item in later)
        {
            session.Observe(item, 99);
            alone.Observe(item, 99);
        }

        Assert.Equal(12, session.History.Count); // there is room for what the new model reads
        AssertBonus(session, later, Counted.Scores(alone));
        Assert.True(session.Undo() && alone.Undo());
        Assert.True(session.TrySwap(alone.Model, out fault), fault);
        Assert.Equal(Counted.Scores(alone), Counted.Scores(session));
    }

    [Fact]
    public void What_is_consumed_stays_so_while_the_history_gets_more_room()
    {
        var session = new DeviceSession(TinyBundle.Load(), new() { HistoryLimit = 6 });
        for (var item = 1; item <= 9; item++) session.Observe(item);
        Assert.True(session.TrySwap(_model, out _));
        Assert.Equal((9L, 31), (session.EventCount, session.Recommend(40).Length));
        Assert.True(session.Undo());
        Assert.Equal(32, session.Recommend(40).Length);
    }

    [Fact]
    public void A_packets_weights_change_the_model_and_leave_what_counts_add()
    {
        var (session, twin) = (Session(3, 9, 27), new DeviceSession(TinyBundle.Load(), _options));
        foreach (var item in new[] { 3, 9, 27 }) twin.Observe(item);
        var weights = new SafetensorsWriter();
        weights.Add<float>("backbone.norm.bias", [1, -2, 3, -4, 5, -6, 7, -8], 8);
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("1", "p", weights), out var packet, out _));
        Assert.True(session.TryApply(packet, out var fault), fault);
        Assert.True(twin.TryApply(packet, out fault), fault);
        AssertBonus(session, [3, 9, 27], Counted.Scores(twin));
    }

    [Fact]
    public void Learned_weights_change_the_model_and_leave_what_counts_add()
    {
        var counted = Habits.Model(bundle => (bundle.Join, bundle.Counts) = (Counted.Join, Counted.Table().Write));
        var (session, twin) = (Habits.Session(counted, Habits.ByTurns), Habits.Session(Habits.Model(), Habits.ByTurns));
        Assert.True(session.Learn(Habits.Fast).Accepted);
        Assert.True(twin.Learn(Habits.Fast).Accepted);
        AssertBonus(session, session.History, Counted.Scores(twin));
    }

    [Fact]
    public void Without_a_table_an_event_whose_row_is_not_held_counts_and_an_item_not_held_has_no_score()
    {
        var bundle = new TinyBundle();
        var table = bundle.Values("items.weight");
        bundle.Remove("items.weight");
        var (bare, twin) = (Counted.Load(bundle), new TinyBundle());
        twin.Remove("items.weight");
        var (session, alone) = (new DeviceSession(bare, new()), new DeviceSession(Counted.Opened(twin), new()));
        int[] listed = [7, 30, 2, 19, 11, 25];
        var unheld = Enumerable.Range(4, 36).First(item => !listed.Contains(item) && listed.Any(l => Counted.Bonus(bare, item)[l - 1] > 0));
        var list = Lists.Of(listed) with { Slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", [.. listed, 3], table, 8).ToBytes() };
        foreach (var each in new[] { session, alone })
        {
            each.Observe(3);
            each.Observe(unheld);
            Assert.True(each.TryAccept(list, out var fault), fault);
        }

        var bonus = Counted.Bonus(bare, 3, unheld);
        var scores = alone.Recommend(10, RankingMode.Rerank).ToDictionary(r => r.Item, r => r.DeviceScore);
        Assert.All(session.Recommend(10, RankingMode.Rerank), r => Assert.Equal(scores[r.Item] + bonus[r.Item - 1], r.DeviceScore, 1e-5f));
        var missing = Enumerable.Range(1, 40).First(item => bonus[item - 1] > 0 && !listed.Contains(item) && item != 3);
        Assert.True(float.IsNaN(session.Explain(missing).DeviceScore));
    }

    [Fact]
    public void An_explanation_says_what_counts_add_and_which_events_an_item_followed()
    {
        int[] events = [3, 9, 27, 9, 14];
        var session = Session(events);
        var (bonus, one) = (Counted.Bonus(_model, events), new SuccessorSum(_model.Successors!.Table, 1, 1));
        var alone = new DeviceSession(TinyBundle.Load(), _options);
        foreach (var item in events) alone.Observe(item);
        for (var item = 1; item <= 40; item++)
        {
            var why = session.Explain(item, events: 10);
            Assert.Equal(bonus[item - 1], why.SuccessorScore, 1e-5f);
            Assert.Equal(alone.Explain(item).DeviceScore + why.SuccessorScore, why.DeviceScore, 1e-5f);
            var parts = events.Select((met, place) => (met, age: 4 - place, x: Math.Pow(0.5, 4 - place) * one.Part(met, 0, item)))
                .Where(e => e.x > 0).ToArray();
            Assert.Equal(
                parts.OrderByDescending(e => e.x).Select(e => (e.met, (long)e.age)), why.FollowedEvents.Select(e => (e.Item, e.Age)));
            foreach (var e in why.FollowedEvents) Assert.Equal(parts.Single(p => p.age == e.Age).x / parts.Sum(p => p.x), e.Share, 1e-5f);
            Assert.True(session.Explain(item, events: 1).FollowedEvents.Count <= 1);
        }

        Assert.Equal((0f, 0), (session.Explain(40).SuccessorScore, session.Explain(40).FollowedEvents.Count));
    }

    private DeviceSession Session(params int[] events)
    {
        var session = new DeviceSession(_model, _options);
        foreach (var item in events) session.Observe(item, 0);
        return session;
    }

    /// <summary>
    /// The scores are the model's own, by default those of a session without counts, and what counts add after a history.
    /// </summary>
    private static void AssertBonus(DeviceSession session, IReadOnlyList<int> history, float[]? alone = null)
    {
        if (alone is null)
        {
            var twin = new DeviceSession(TinyBundle.Load(), _options);
            foreach (var item in history) twin.Observe(item, 0);
            alone = Counted.Scores(twin);
        }

        var (joined, bonus) = (Counted.Scores(session), Counted.Bonus(session.Model, [.. history]));
        Assert.Contains(bonus, value => value > 0);
        for (var i = 0; i < joined.Length; i++) Assert.Equal(alone[i] + bonus[i], joined[i], 1e-5f);
    }
}
