using Microsoft.Extensions.DependencyInjection;
using Tandem.Tests;

namespace Tandem.Device.DependencyInjection.Tests;

public sealed class DeviceSessionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DeviceSessionsTests() => Directory.CreateDirectory(_folder["logs"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_callers_of_one_user_get_the_same_session()
    {
        using var app = App();
        var sessions = app.GetRequiredService<DeviceSessions>();
        var leases = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => sessions.OpenAsync("ann", Token).AsTask(), Token)));
        Assert.Single(leases.Select(lease => lease.Session).Distinct());
        Assert.Equal(1, sessions.Count);
        foreach (var lease in leases) lease.Dispose();
    }

    [Fact]
    public async Task The_session_unused_for_longest_is_evicted_and_comes_back_with_its_events()
    {
        using var app = App(options => options.SessionLimit = 2);
        var sessions = app.GetRequiredService<DeviceSessions>();
        var ann = await Observe(sessions, "ann", 1);
        var bob = await Observe(sessions, "bob", 2);
        Assert.Same(ann, await Observe(sessions, "ann", 3)); // so that bob's is the one unused for longest
        await Observe(sessions, "cid", 4);
        Assert.Same(ann, await Observe(sessions, "ann", 5));
        Assert.Throws<ObjectDisposedException>(() => bob.Observe(6));
        Assert.NotSame(bob, await Observe(sessions, "bob", 7));
        Assert.Equal(2, sessions.Count);
        Assert.Equal([2, 7], await History(sessions, "bob"));
        Assert.Equal([1, 3, 5], await History(sessions, "ann"));
        Assert.Equal([4], await History(sessions, "cid"));
    }

    [Fact]
    public async Task Without_logs_an_evicted_user_begins_anew()
    {
        using var app = App(options => (options.SessionLimit, options.LogFolder) = (1, null));
        var sessions = app.GetRequiredService<DeviceSessions>();
        await Observe(sessions, "ann", 1);
        Assert.Equal([1], await History(sessions, "ann"));
        await Observe(sessions, "bob", 2);
        Assert.Empty(await History(sessions, "ann"));
    }

    [Fact]
    public async Task A_session_in_use_is_never_evicted_and_others_wait_for_a_place_in_the_order_of_their_coming()
    {
        using var app = App(options => options.SessionLimit = 1);
        var sessions = app.GetRequiredService<DeviceSessions>();
        var ann = await sessions.OpenAsync("ann", Token);
        var bob = sessions.OpenAsync("bob", Token).AsTask();
        var cid = sessions.OpenAsync("cid", Token).AsTask();
        var again = await sessions.OpenAsync("ann", Token); // one whose session is in memory waits for nobody
        ann.Dispose();
        again.Session.Observe(1);
        Assert.False(bob.IsCompleted || cid.IsCompleted);
        again.Dispose();
        var lease = await bob;
        Assert.False(cid.IsCompleted);
        Assert.Equal(1, sessions.Count);
        lease.Dispose();
        (await cid).Dispose();
        Assert.Equal([1], await History(sessions, "ann"));
    }

    [Fact]
    public async Task A_lease_given_back_twice_counts_once_and_lends_nothing_any_more()
    {
        using var app = App(options => options.SessionLimit = 1);
        var sessions = app.GetRequiredService<DeviceSessions>();
        using var first = await sessions.OpenAsync("ann", Token);
        var second = await sessions.OpenAsync("ann", Token);
        second.Dispose();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Session);
        var bob = sessions.OpenAsync("bob", Token).AsTask();
        first.Session.Observe(1);
        Assert.False(bob.IsCompleted);
        first.Dispose();
        (await bob).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_a_place_from_nobody()
    {
        using var app = App(options => options.SessionLimit = 1);
        var sessions = app.GetRequiredService<DeviceSessions>();
        using var cancel = new CancellationTokenSource();
        var ann = await sessions.OpenAsync("ann", Token);
        var bob = sessions.OpenAsync("bob", cancel.Token).AsTask();
        var cid = sessions.OpenAsync("cid", Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bob);
        ann.Dispose();
        (await cid).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sessions.OpenAsync("ann", cancel.Token).AsTask());
        Assert.False(File.Exists(Log("bob")));
    }

    [Fact]
    public async Task A_wait_without_end_ends_with_what_to_do()
    {
        var time = new StoppedTime();
        using var app = App(options => (options.SessionLimit, options.Session) = (1, new() { Time = time }));
        var sessions = app.GetRequiredService<DeviceSessions>();
        using var ann = await sessions.OpenAsync("ann", Token);
        var bob = sessions.OpenAsync("bob", Token).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(10), time.DueIn);
        time.Ring();
        var e = await Assert.ThrowsAsync<TimeoutException>(() => bob);
        Assert.Contains("1 of 1 are in memory", e.Message, StringComparison.Ordinal);
        Assert.Contains("raise SessionLimit", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_refused_concerns_its_user_alone()
    {
        File.WriteAllText(Log("bob"), "a text that is no log, long enough to be told from a torn one, for its first bytes are wrong");
        using var app = App(options => options.SessionLimit = 1);
        var sessions = app.GetRequiredService<DeviceSessions>();
        for (var i = 1; i <= 3; i++)
        {
            var e = await Assert.ThrowsAsync<InvalidDataException>(() => sessions.OpenAsync("bob", Token).AsTask());
            Assert.Contains(Log("bob"), e.Message, StringComparison.Ordinal);
            await Observe(sessions, "ann", i);
        }

        File.Delete(Log("bob"));
        await Observe(sessions, "bob", 1);
        Assert.Equal([1, 2, 3], await History(sessions, "ann"));
    }

    [Fact]
    public async Task A_refused_log_hands_its_place_to_the_next_that_waits()
    {
        File.WriteAllText(Log("bob"), "a text that is no log, long enough to be told from a torn one, for its first bytes are wrong");
        using var app = App(options => options.SessionLimit = 1);
        var sessions = app.GetRequiredService<DeviceSessions>();
        var ann = await sessions.OpenAsync("ann", Token);
        var (bob, cid) = (sessions.OpenAsync("bob", Token).AsTask(), sessions.OpenAsync("cid", Token).AsTask());
        ann.Dispose();
        await Assert.ThrowsAsync<InvalidDataException>(() => bob);
        (await cid).Dispose();
        Assert.Equal(1, sessions.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_user_has_an_id(string? userId)
    {
        using var app = App();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => app.GetRequiredService<DeviceSessions>().OpenAsync(userId!, Token).AsTask());
    }

    [Fact]
    public async Task Many_users_on_many_threads_lose_no_event_and_see_none_of_another()
    {
        const int Users = 24, Threads = 12, Clicks = 150;
        using var app = App(options => options.SessionLimit = 5);
        var sessions = app.GetRequiredService<DeviceSessions>();
        var expected = new int[Users];
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(thread);
            for (var click = 0; click < Clicks; click++)
            {
                var user = random.Next(Users);
                using var lease = await sessions.OpenAsync($"user {user}", Token);
                lease.Session.Observe(1 + user);
                Interlocked.Increment(ref expected[user]);
                Assert.InRange(sessions.Count, 1, 5);
                if (click % 8 == 0) await Task.Yield();
            }
        }, Token)));

        for (var user = 0; user < Users; user++)
            Assert.Equal(Enumerable.Repeat(1 + user, expected[user]), await History(sessions, $"user {user}"));
        Assert.Equal(Threads * Clicks, expected.Sum());
    }

    [Fact]
    public async Task The_apps_end_closes_every_session_those_in_use_and_waited_for_too()
    {
        DeviceSession used, unused;
        Task<SessionLease> waiting;
        DeviceSessions sessions;
        using (var app = App(options => options.SessionLimit = 2))
        {
            sessions = app.GetRequiredService<DeviceSessions>();
            unused = await Observe(sessions, "ann", 1);
            used = (await sessions.OpenAsync("bob", Token)).Session;
            used.Observe(2);
            using var third = await sessions.OpenAsync("cid", Token); // in ann's place
            waiting = sessions.OpenAsync("dan", Token).AsTask();
            Assert.False(waiting.IsCompleted);
            app.Dispose();
        }

        Assert.Throws<ObjectDisposedException>(() => used.Observe(3));
        Assert.Throws<ObjectDisposedException>(() => unused.Observe(3));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sessions.OpenAsync("ann", Token).AsTask());
        using var next = App();
        Assert.Equal([1], await History(next.GetRequiredService<DeviceSessions>(), "ann"));
        Assert.Equal([2], await History(next.GetRequiredService<DeviceSessions>(), "bob"));
    }

    [Fact]
    public async Task An_end_amid_openings_leaves_no_log_open()
    {
        for (var round = 0; round < 10; round++)
        {
            using var app = App(options => options.SessionLimit = 3);
            var sessions = app.GetRequiredService<DeviceSessions>();
            var users = Enumerable.Range(0, 12).Select(user => Task.Run(async () =>
            {
                while (true)
                {
                    using var lease = await sessions.OpenAsync($"{user}", Token);
                    lease.Session.Observe(1);
                }
            }, Token)).ToArray();
            while (sessions.Count < 3) await Task.Yield();
            app.Dispose();
            foreach (var user in users) await Assert.ThrowsAsync<ObjectDisposedException>(() => user);
            foreach (var log in Directory.EnumerateFiles(_folder["logs"]))
                File.Open(log, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<DeviceSession> Observe(DeviceSessions sessions, string user, int item)
    {
        using var lease = await sessions.OpenAsync(user, Token);
        lease.Session.Observe(item);
        return lease.Session;
    }

    private static async Task<IReadOnlyList<int>> History(DeviceSessions sessions, string user)
    {
        using var lease = await sessions.OpenAsync(user, Token);
        return lease.Session.History;
    }

    private string Log(string user) => Path.Combine(_folder["logs"], UserLogFile.NameOf(user));

    private ServiceProvider App(Action<TandemDeviceOptions>? configure = null)
    {
        var bundle = SmallBundle.Write(_folder["bundle"]);
        return new ServiceCollection().AddTandemDevice(options =>
        {
            (options.BundleFolder, options.LogFolder) = (bundle, _folder["logs"]);
            configure?.Invoke(options);
        }).BuildServiceProvider();
    }

    /// <summary>A time whose one timer rings when it is told to.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        private Action? _ring;

        public TimeSpan DueIn { get; private set; }

        public void Ring() => _ring!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_ring, DueIn) = (() => callback(state), dueTime);
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
