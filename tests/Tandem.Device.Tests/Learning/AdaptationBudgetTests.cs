using Tandem.Device.Models;

namespace Tandem.Device.Tests.Learning;

public class AdaptationBudgetTests
{
    private readonly DeviceModel _model = Habits.Model();

    [Fact]
    public void No_step_begins_after_the_time_is_over()
    {
        var result = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(millis: 10)).Learn(Habits.Fast with { MostMillis = 55 });
        Assert.True(result.Accepted, result.Reason); // what was learned in time counts
        Assert.Equal(6, result.Steps); // the time counts from the first on
        Assert.Equal(8 * 10, result.Elapsed.TotalMilliseconds);
    }

    [Fact]
    public void One_step_is_taken_however_long_it_took_to_come_to_it()
    {
        // Where the methods are compiled first, they take longer than all steps together.
        var reads = 0;
        var session = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(millis: 1_000, onRead: _ => reads++));
        var result = session.Learn(Habits.Fast with { MostMillis = 5 });
        Assert.Equal((1, true), (result.Steps, reads > 1));
    }

    [Fact]
    public void Who_cancels_gets_an_exception_and_nothing_changes()
    {
        using var cancel = new CancellationTokenSource();
        var session = Habits.Session(_model, Habits.ByTurns, new StepwiseTime(millis: 1, onRead: read =>
        {
            if (read == 4) cancel.Cancel();
        }));
        Assert.Throws<OperationCanceledException>(() => session.Learn(Habits.Fast with { Steps = 100 }, cancel.Token));
        Assert.False(session.HasLearned);
    }

    [Fact]
    public void More_bytes_than_allowed_are_refused_before_they_are_taken()
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        var needed = session.Learn(Habits.Fast).Bytes;
        session.Unlearn();
        Assert.True(session.Learn(Habits.Fast with { MostBytes = needed }).Accepted);
        session.Unlearn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = session.Learn(Habits.Fast with { MostBytes = needed - 1 });
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((false, 0, needed, false), (result.Accepted, result.Steps, result.Bytes, session.HasLearned));
        Assert.Contains("bytes", result.Reason, StringComparison.Ordinal);
        Assert.True(allocated < needed / 4, $"{allocated} bytes allocated, {needed} needed");
    }

    [Theory]
    [InlineData(LearnedPart.Adapter)]
    [InlineData(LearnedPart.LastBlock)]
    [InlineData(LearnedPart.All)]
    public void Learning_allocates_what_was_foreseen(LearnedPart part)
    {
        var session = Habits.Session(_model, Habits.ByTurns);
        session.Learn(Habits.Fast with { Part = part });
        session.Unlearn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = session.Learn(Habits.Fast with { Part = part });
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // Texts, lists of slices and object headers come on top.
        Assert.InRange(allocated, 0.9 * result.Bytes, result.Bytes + 50_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Too_few_events_are_said_to_be_too_few(int events)
    {
        var result = Habits.Session(_model, Habits.ByTurns[..events]).Learn(Habits.Fast);
        Assert.Equal((false, 0), (result.Accepted, result.Steps));
        Assert.StartsWith($"{events} events", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_events_are_enough_by_default() =>
        Assert.NotEqual(0, Habits.Session(_model, Habits.ByTurns[..5]).Learn(Habits.Fast).Steps);

    [Fact]
    public void A_history_beyond_the_window_is_learned_from_its_latest_events()
    {
        var session = Habits.Session(_model, [.. Enumerable.Repeat(11, 40), .. Habits.ByTurns, Habits.ByTurns[0]]);
        var result = session.Learn(Habits.Fast);
        Assert.True(result.Accepted, result.Reason);
    }
}
