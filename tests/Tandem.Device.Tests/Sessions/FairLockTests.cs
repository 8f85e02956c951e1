using System.Diagnostics;
using Tandem.Device.Sessions;
using Tandem.Device.Tests.Models;
using Tandem.Tests;

namespace Tandem.Device.Tests.Sessions;

public class FairLockTests
{
    private const string IfHeld = "a filter called back";

    private readonly FairLock _lock = new();

    [Fact]
    public void Threads_never_meet_and_none_is_forgotten()
    {
        const int Each = 5_000;
        var (inside, total) = (0, 0);
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                using (_lock.Enter(IfHeld))
                {
                    if (++inside != 1) total = int.MinValue;
                    total++;
                    inside--;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(8 * Each, total);
    }

    [Fact]
    public void Waiters_get_it_in_the_order_of_their_coming()
    {
        var order = new List<int>();
        var threads = new List<Thread>();
        using (_lock.Enter(IfHeld))
        {
            for (var i = 0; i < 5; i++)
            {
                var number = i;
                var thread = new Thread(() =>
                {
                    using (_lock.Enter(IfHeld)) order.Add(number);
                });
                threads.Add(thread);
                thread.Start();
                while (thread.ThreadState != System.Threading.ThreadState.WaitSleepJoin) Thread.Sleep(1); // asleep in the queue
            }
        }

        threads.ForEach(thread => thread.Join());
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void A_second_entry_of_one_thread_is_refused_and_the_first_goes_on()
    {
        using (_lock.Enter(IfHeld))
        {
            Assert.Equal(IfHeld, Assert.Throws<InvalidOperationException>(() => _lock.Enter(IfHeld)).Message);
        }

        using (_lock.Enter(IfHeld)) Assert.True(true);
    }

    [Fact]
    public void A_waiter_that_is_interrupted_takes_its_turn_and_hears_of_it_afterwards()
    {
        var (entered, interrupted) = (false, false);
        var thread = new Thread(() =>
        {
            using (_lock.Enter(IfHeld)) entered = true;
            try
            {
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        using (_lock.Enter(IfHeld))
        {
            thread.Start();
            while (thread.ThreadState != System.Threading.ThreadState.WaitSleepJoin) Thread.Sleep(1);
            thread.Interrupt();
            Thread.Sleep(20);
            Assert.False(entered);
        }

        thread.Join();
        Assert.True(entered && interrupted);
        using (_lock.Enter(IfHeld)) Assert.True(true); // and let it go again
    }

    [Fact]
    public void A_free_lock_allocates_nothing()
    {
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 100; i++) _lock.Enter(IfHeld).Dispose();
        });
    }

    [Fact]
    public void A_click_waits_for_a_ranking_and_not_for_all_that_another_thread_still_wants()
    {
        var session = new DeviceSession(TinyBundle.Load(), new() { ExcludeConsumed = false });
        using var done = new CancellationTokenSource();
        var slow = new Thread(() =>
        {
            // Each ranking takes a millisecond; between two of them the lock is free for nanoseconds only.
            while (!done.IsCancellationRequested)
            {
                var from = Stopwatch.GetTimestamp();
                session.Recommend(
                    1, RankingMode.Device, item => item > 1 || Stopwatch.GetElapsedTime(from).TotalMilliseconds > 1 || SpinFor(1));
            }
        });
        slow.Start();
        var waits = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var from = Stopwatch.GetTimestamp();
            session.Observe(i % 40 + 1);
            waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        done.Cancel();
        slow.Join();
        // The runtime's own lock lets a waiter starve for 100 ms; a machine that is busy may stop any thread for some of them.
        Assert.True(waits.Order().ElementAt(190) < 50,
            $"of 200 clicks the slowest ten waited {string.Join(", ", waits.OrderDescending().Take(10))} ms");
    }

    private static bool SpinFor(double millis)
    {
        var from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from).TotalMilliseconds < millis) Thread.SpinWait(10);
        return true;
    }
}
