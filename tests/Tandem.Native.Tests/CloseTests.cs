using System.Collections.Concurrent;
using Tandem.Device;
using Tandem.Device.Storage;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>Closing a session under other threads.</summary>
public sealed class CloseTests : IDisposable
{
    private const int Rounds = 30;
    private const int Threads = 3;
    private const int CallsBeforeClose = 50;

    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;

    public CloseTests() => _bundle = SmallBundle.Write(_folder["bundle"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_event_that_was_answered_with_OK_is_in_the_log_and_all_later_ones_find_no_session()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var log = _folder[$"log-{round}"];
            Assert.Equal(Status.Ok, Library.OpenLogged(_bundle, log, out var session).Status);
            var taken = RunUntilClosed(session, () => Library.Observe(session, 3));
            Assert.True(EventLog.TryOpen(log, SmallBundle.Catalog, new(), out var opened, out var events, out var fault), fault);
            opened.Dispose();
            Assert.Equal(taken, events.Count);
        }
    }

    [Fact]
    public void Calls_of_every_kind_are_carried_out_or_find_no_session()
    {
        for (var round = 0; round < Rounds; round++)
        {
            Assert.Equal(Status.Ok, Library.OpenLogged(_bundle, _folder[$"log-{round}"], out var session).Status);
            var call = 0;
            RunUntilClosed(session, () => (Interlocked.Increment(ref call) % 6) switch
            {
                0 => Library.Undo(session),
                1 => Library.Recommend(session, new RankedItem[5], out _),
                2 => Library.Snapshot(session, null, out _),
                3 => Library.AcceptList(session, [1, 2], [-1, -2]),
                4 => Library.CatalogVersion(session, null, out _),
                _ => Library.ObserveValue(session, 5, 2),
            });
        }
    }

    [Fact]
    public void Closing_waits_for_a_call_under_way_and_lets_no_other_begin()
    {
        var session = new OpenSession(new(DeviceModel.Open(_bundle), new()));
        Assert.True(session.TryEnter());
        Assert.True(session.TryEnter());
        var closing = new Thread(session.Close) { IsBackground = true };
        closing.Start();
        SpinWait.SpinUntil(() =>
        {
            var hasEntered = session.TryEnter();
            if (hasEntered) session.Exit();
            return !hasEntered;
        });
        session.Exit();
        Assert.False(closing.Join(millisecondsTimeout: 20)); // one call is left
        session.Exit();
        Assert.True(closing.Join(TimeSpan.FromSeconds(60)));
        Assert.False(session.TryEnter());
    }

    [Fact]
    public async Task Learning_is_not_waited_for_and_finds_no_session_when_it_is_through()
    {
        var bundle = SmallBundle.Write(_folder["wide"], window: 1_000); // takes long to learn
        // A learning that is through before the session is closed is none that was overtaken: another try.
        for (var round = 0; round < 20; round++)
        {
            var session = Library.Open(bundle);
            for (var i = 0; i < 1_001; i++) Library.Observe(session, i % 2 == 0 ? 3 : 27);
            var learning = Task.Factory.StartNew(
                () => Library.Learn(session), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Thread.Sleep(millisecondsTimeout: 10);
            Assert.Equal(Status.Ok, Library.Close(session).Status);
            var wasOvertaken = !learning.IsCompleted;
            var answer = await learning;
            Assert.True(answer.Status == Status.BadHandle || !wasOvertaken, $"{answer}");
            if (wasOvertaken) return;
        }

        Assert.Fail("closing waited for learning in each of 20 tries");
    }

    [Fact]
    public void Of_many_that_close_a_session_one_does()
    {
        var session = Library.Open(_bundle);
        var answers = new ConcurrentBag<Status>();
        Parallel.For(0, 8, _ => answers.Add(Library.Close(session).Status));
        Assert.Equal(Status.Ok, answers.Min());
        Assert.Equal(7, answers.Count(status => status == Status.BadHandle));
    }

    /// <summary>Calls from several threads until they find no session; another closes it meanwhile.</summary>
    /// <returns>How many calls were answered with OK.</returns>
    private static int RunUntilClosed(ulong session, Func<Library.Answer> call)
    {
        var (carriedOut, others) = (0, 0);
        var callers = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            while (true)
            {
                var answer = call();
                if (answer.Status == Status.BadHandle) return;
                if (answer.Status is not (Status.Ok or Status.Nothing)) Interlocked.Increment(ref others);
                if (answer.Status == Status.Ok) Interlocked.Increment(ref carriedOut);
            }
        })).ToArray();
        foreach (var caller in callers)
        {
            caller.IsBackground = true;
            caller.Start();
        }

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref carriedOut) >= CallsBeforeClose, TimeSpan.FromSeconds(60)));
        Assert.Equal(Status.Ok, Library.Close(session).Status);
        foreach (var caller in callers) caller.Join();
        Assert.Equal(0, others); // neither carried out nor BAD_HANDLE
        return carriedOut;
    }
}
