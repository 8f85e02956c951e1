using Tandem.Device.Models;

namespace Tandem.Device.Tests.Learning;

public class AdaptationThreadTests
{
    [Fact]
    public async Task Threads_observe_and_rank_while_others_learn()
    {
        var session = Habits.Session(Habits.Model(), Habits.ByTurns);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // where the machine is too busy for enough of each
        var (accepted, ranked) = (0, 0);
        var learners = Enumerable.Range(0, 2).Select(i => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (session.Learn(Habits.Fast with { Steps = 3, Seed = i, Part = i == 0 ? LearnedPart.Adapter : LearnedPart.All }).Accepted)
                    Interlocked.Increment(ref accepted);
                if (i == 1) session.Unlearn();
            }
        }));
        var others = Enumerable.Range(0, 2).Select(i => Task.Run(() =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                session.Observe(Habits.ByTurns[n % 2]);
                Assert.All(Habits.All(session), r => Assert.True(float.IsFinite(r.DeviceScore)));
                if (n % 3 == 0) session.Undo();
                if (Interlocked.Increment(ref ranked) > 300 && Volatile.Read(ref accepted) > 3) stop.Cancel();
            }
        }));
        await Task.WhenAll([.. learners, .. others]);
        Assert.True(accepted > 3 && ranked > 300, $"{accepted} accepted, {ranked} ranked");
    }
}
