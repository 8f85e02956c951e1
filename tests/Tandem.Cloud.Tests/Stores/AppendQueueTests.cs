using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>How appends are taken together, with what keeps them under the tests' control.</summary>
public sealed class AppendQueueTests : IAsyncDisposable
{
    private readonly SemaphoreSlim _commits = new(0);
    private readonly List<string[]> _groups = [];
    private AppendQueue? _queue;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _commits.Release(1_000);
        if (_queue is not null) await _queue.DisposeAsync();
        _commits.Dispose();
    }

    [Fact]
    public async Task What_gathers_during_a_commit_is_taken_by_the_next_one()
    {
        Open(new());
        var first = Add("a");
        await TakenAsync(1);
        Task[] others = [Add("b"), Add("c"), Add("d")];
        _commits.Release(2);
        await Task.WhenAll([first, .. others]);
        Assert.Equal([["a"], ["b", "c", "d"]], _groups);
    }

    [Fact]
    public async Task A_group_ends_at_its_number_of_events_and_divides_no_append()
    {
        Open(new() { EventsPerCommit = 5 });
        var first = Add("a");
        await TakenAsync(1);
        Task[] others = [Add("b", 3), Add("c", 4), Add("d", 9), Add("e")];
        _commits.Release(9);
        await Task.WhenAll([first, .. others]);
        Assert.Equal([["a"], ["b", "c"], ["d"], ["e"]], _groups);
    }

    [Fact]
    public async Task A_full_queue_makes_appends_wait_and_cancellation_takes_them_out()
    {
        Open(new() { MostWaiting = 2 });
        var first = Add("a");
        await TakenAsync(1);
        using var cancelled = new CancellationTokenSource();
        var (second, third) = (Add("b"), _queue!.AddAsync(Of("c"), cancelled.Token));
        var (fourth, fifth) = (_queue.AddAsync(Of("d"), cancelled.Token), Add("e"));
        await cancelled.CancelAsync(); // c had a place, d had none
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);
        Assert.False(second.IsCompleted);
        Assert.False(fifth.IsCompleted);
        _commits.Release(9);
        await Task.WhenAll(first, second, fifth);
        Assert.Equal(["a", "b", "e"], _groups.SelectMany(group => group));
    }

    [Fact]
    public async Task An_append_that_is_on_its_way_to_the_disk_is_kept_though_nobody_waits_for_it()
    {
        Open(new());
        using var cancelled = new CancellationTokenSource();
        var first = _queue!.AddAsync(Of("a"), cancelled.Token);
        await TakenAsync(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _commits.Release(9);
        await Add("b");
        Assert.Equal([["a"], ["b"]], _groups);
    }

    [Fact]
    public async Task A_failed_commit_is_told_to_all_of_its_group_and_to_no_other()
    {
        Open(new());
        var first = Add("a");
        await TakenAsync(1);
        Task[] failing = [Add("fails"), Add("c")];
        _commits.Release(9);
        await first;
        foreach (var append in failing) Assert.Equal("no room", (await Assert.ThrowsAsync<StoreException>(() => append)).Message);
        await Add("d");
    }

    [Fact]
    public async Task Closing_keeps_what_has_a_place_and_refuses_the_rest()
    {
        Open(new() { MostWaiting = 2 });
        var first = Add("a");
        await TakenAsync(1);
        var (second, third, fourth) = (Add("b"), Add("c"), Add("d"));
        var closing = _queue!.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fourth);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Add("e"));
        _commits.Release(9);
        await Task.WhenAll(first, second, third);
        await closing;
        Assert.Equal([["a"], ["b", "c"]], _groups);
    }

    private static Append Of(string id, int events = 1) =>
        new(new("shop", id), [.. Enumerable.Range(0, events).Select(i => new NewEvent($"{i}", "item", 1, 1))], 1);

    private void Open(StoreOptions options) => _queue = new(options, async group =>
    {
        lock (_groups) _groups.Add([.. group.Select(append => append.Device.Id)]);
        var sizes = group.Select(append => append.Events.Count).ToArray();
        await _commits.WaitAsync();
        return group.Any(append => append.Device.Id == "fails") ? throw new StoreException("no room") : sizes;
    });

    private Task<EventReceipt> Add(string id, int events = 1) => _queue!.AddAsync(Of(id, events), Cancel);

    /// <summary>Until so many groups were begun.</summary>
    private async Task TakenAsync(int groups)
    {
        while (true)
        {
            lock (_groups)
            {
                if (_groups.Count >= groups) return;
            }

            await Task.Delay(1, Cancel);
        }
    }
}
