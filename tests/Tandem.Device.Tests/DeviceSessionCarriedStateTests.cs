using Tandem.Device.Models;
using Tandem.Device.Tests.Backbones;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>A model whose state is never reset sees events that the history has let go of.</summary>
public sealed class DeviceSessionCarriedStateTests : IDisposable
{
    private const int Kept = 6;

    private static readonly TttShape _shape = TttShapes.Small with
    {
        PreConvolution = true,
        Decay = true,
        UsesTimes = true,
        EventValues = true,
        Window = 5,
    };

    private readonly DeviceModel _model = RandomBundle.Load(_shape);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_history_longer_than_the_window_is_taken_in_piece_by_piece()
    {
        foreach (var events in new[] { 4, 5, 6, 10, 23 })
        {
            var (atOnce, byTurns) = (Session(), Session());
            Observe(atOnce, 0, events);
            for (var n = 0; n < events; n++)
            {
                Observe(byTurns, n, n + 1);
                All(byTurns);
            }

            Close.Row(All(byTurns), All(atOnce));
        }
    }

    [Fact]
    public void Events_that_the_history_lets_go_of_stay_in_the_state_whether_anybody_asked_or_not()
    {
        var (everything, silent, asked) = (Session(), Session(Kept), Session(Kept));
        Observe(everything, 0, 40);
        Observe(silent, 0, 40);
        for (var n = 0; n < 40; n++)
        {
            Observe(asked, n, n + 1);
            if (n % 3 == 0) All(asked);
        }

        Close.Row(All(everything), All(silent));
        Close.Row(All(everything), All(asked));
        AssertFar(All(everything), All(Of(34, 40)));
    }

    [Fact]
    public void Undo_begins_anew_from_the_events_that_are_kept()
    {
        var session = Session(Kept);
        Observe(session, 0, 20);
        All(session);
        session.Undo();
        Assert.Equal(All(Of(14, 19)), All(session));
        Observe(session, 19, 40);
        Close.Row(All(Of(14, 40)), All(session));
    }

    [Fact]
    public void Events_after_an_undo_are_not_let_go_of_unseen()
    {
        var session = Session(Kept);
        Observe(session, 0, 20);
        session.Undo();
        Observe(session, 19, 40); // more than are kept, before anybody asks
        Close.Row(All(Of(14, 40)), All(session));
    }

    [Fact]
    public void A_snapshot_keeps_what_the_history_let_go_of_bit_for_bit()
    {
        var session = Session(Kept);
        for (var n = 0; n < 30; n++)
        {
            var restored = Session(Kept);
            Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
            Observe(session, n, n + 1);
            Observe(restored, n, n + 1);
            Assert.Equal(All(session), All(restored));
        }

        AssertFar(All(session), All(Of(24, 30)));
    }

    [Fact]
    public void A_session_opened_from_its_log_begins_anew_from_the_events_that_are_kept()
    {
        using (var session = Open())
        {
            Observe(session, 0, 20);
            All(session);
        }

        using var again = Open();
        Assert.Equal(All(Of(14, 20)), All(again));
    }

    [Fact]
    public void Another_model_begins_anew_from_the_events_that_are_kept()
    {
        var session = Session(Kept);
        Observe(session, 0, 20);
        All(session);
        var other = RandomBundle.Load(_shape, seed: 2);
        Assert.True(session.TrySwap(other, out var fault), fault);
        Assert.Equal(All(Of(14, 20, other)), All(session));
    }

    [Fact]
    public void The_adapter_is_learned_and_kept_where_it_helps()
    {
        var model = RandomBundle.Load(_shape with { Window = Habits.Window });
        var session = Habits.Session(model, Habits.ByTurns);
        var before = Habits.All(session);
        var result = session.Learn(Habits.Fast);
        Assert.True(result.Accepted, result.Reason);
        Assert.True(result.LossAfter < result.LossBefore);
        Assert.NotEqual(before, Habits.All(session));
        session.Unlearn();
        Assert.Equal(before, Habits.All(session));
    }

    [Theory]
    [InlineData(LearnedPart.LastBlock)]
    [InlineData(LearnedPart.All)]
    public void Parts_without_a_way_back_are_refused_with_the_reason(LearnedPart part)
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        var result = session.Learn(Habits.Fast with { Part = part });
        Assert.Equal((false, 0, false), (result.Accepted, result.Steps, session.HasLearned));
        Assert.Equal("ttt can learn its adapter alone on a device: set part to Adapter", result.Reason);
    }

    private static void Observe(DeviceSession session, int first, int end)
    {
        for (var n = first; n < end; n++) session.Observe(1 + (n * 17 + n * n) % 40, time: n * 50_000L, value: n % 6 * 0.7f - 1);
    }

    private static float[] All(DeviceSession session) =>
        [.. session.Recommend(40, RankingMode.Device).OrderBy(best => best.Item).Select(best => best.Score)];

    private static void AssertFar(float[] expected, float[] actual) =>
        Assert.Contains(expected.Zip(actual), pair => Math.Abs(pair.First - pair.Second) > 1e-3f);

    /// <summary>A session of these events alone.</summary>
    private DeviceSession Of(int first, int end, DeviceModel? model = null)
    {
        var session = new DeviceSession(model ?? _model, new() { ExcludeConsumed = false });
        Observe(session, first, end);
        return session;
    }

    private DeviceSession Session(int limit = 1_000) => new(_model, new() { ExcludeConsumed = false, HistoryLimit = limit });

    private DeviceSession Open() => DeviceSession.TryOpen(
        _model, new() { ExcludeConsumed = false, HistoryLimit = Kept }, _folder["events.log"], out var session, out var fault)
        ? session
        : throw new InvalidOperationException(fault);
}
