using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Tandem.Chat.Calls;
using Tandem.Chat.Prompts;

namespace Tandem.Chat.Tests;

/// <summary>Deadlines, waits and pauses, on a clock that tests move where they can.</summary>
public class DeadlineTests
{
    private const string Whole = """{"ranking":[2,1]}""";
    private static readonly RankingPrompt _prompt = new(["Alien"], ["Heat", "Aliens"]);
    private static readonly int[] _order = [2, 1];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_passes_cancellation_over_holds_nobody_past_the_deadline()
    {
        var (begun, never) = (new TaskCompletionSource(), new TaskCompletionSource<ChatResponse>());
        using var client = new ScriptedClient((_, _) =>
        {
            begun.SetResult();
            return never.Task;
        });
        using var model = Of(client, options => options with { Budget = new() { TokensPerDay = 10_000 } });
        var asking = model.AskAsync(_prompt, Cancel);
        await begun.Task.WaitAsync(_patience, Cancel);
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(await asking.WaitAsync(_patience, Cancel));
        Assert.Equal(ChatFault.Deadline, Assert.Single(model.Counts.Faults).Key);
        var reserved = model.Spent.Tokens;
        Assert.True(reserved > _prompt.Data.Length, "what a call may still cost is held back");

        never.SetResult(ScriptedClient.Saying(Whole, input: 70, output: 7)); // it ends after all, and says what it cost
        await Eventually(() => model.Spent.Tokens == 77);
        Assert.Equal((70, 7), (model.Counts.InputTokens, model.Counts.OutputTokens));
    }

    [Fact]
    public async Task A_client_that_blocks_its_thread_holds_nobody_past_the_deadline()
    {
        using var gate = new ManualResetEventSlim();
        using var client = new ScriptedClient((_, _) =>
        {
            gate.Wait(CancellationToken.None);
            return Task.FromResult(ScriptedClient.Saying(Whole));
        });
        using var model = new ChatModel(client, new() { Model = "stub", Deadline = TimeSpan.FromMilliseconds(100) });
        var began = Stopwatch.GetTimestamp();
        Assert.Null(await model.AskAsync(_prompt, Cancel).WaitAsync(_patience, Cancel));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.09, 10);
        gate.Set();
    }

    [Fact]
    public async Task The_caller_s_own_cancellation_comes_through_and_is_no_fault()
    {
        var begun = new TaskCompletionSource();
        using var client = new ScriptedClient(async (_, token) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedClient.Saying(Whole);
        });
        using var model = Of(client);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = model.AskAsync(_prompt, caller.Token);
        await begun.Task.WaitAsync(_patience, Cancel);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(_patience, Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.AskAsync(_prompt, caller.Token));
        Assert.Empty(model.Counts.Faults);
        Assert.Equal(1, model.Counts.Calls);
    }

    [Fact]
    public async Task Who_waits_for_a_place_until_the_time_is_up_was_crowded_out()
    {
        var begun = new TaskCompletionSource();
        using var client = new ScriptedClient(async (_, token) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedClient.Saying(Whole);
        });
        using var model = Of(client, options => options with { MostAtOnce = 1 });
        var first = model.AskAsync(_prompt, Cancel);
        await begun.Task.WaitAsync(_patience, Cancel);
        var others = Enumerable.Range(0, 50).Select(i => model.AskAsync(new([$"{i}"], ["a", "b"]), Cancel)).ToArray(); // each waits
        Assert.Single(client.Asked);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(await first.WaitAsync(_patience, Cancel));
        Assert.All(await Task.WhenAll(others).WaitAsync(_patience, Cancel), Assert.Null);
        Assert.Equal(51, model.Counts.Faults.Values.Sum());
        Assert.True(model.Counts.Faults[ChatFault.Crowded] > 0); // a few may get the place that the first gave up, too late
        Assert.InRange(model.Counts.Calls, 1, model.Counts.Faults[ChatFault.Deadline]);
    }

    [Fact]
    public async Task Waits_grow_between_tries_and_are_drawn_by_the_seed()
    {
        Assert.Equal(await WaitsAsync(seed: 1), await WaitsAsync(seed: 1));
        Assert.NotEqual(await WaitsAsync(seed: 1), await WaitsAsync(seed: 2));

        async Task<double[]> WaitsAsync(int seed)
        {
            var (time, asked) = (new FakeTimeProvider(), new List<DateTimeOffset>());
            using var client = new ScriptedClient((_, _) =>
            {
                lock (asked) asked.Add(time.GetUtcNow());
                throw new HttpRequestException("no route");
            });
            using var model = new ChatModel(client, Options with { Seed = seed, Retries = 3, Deadline = TimeSpan.FromMinutes(1) }, time);
            var asking = model.AskAsync(_prompt, Cancel);
            while (!asking.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(5));
                await Task.Delay(1, Cancel);
            }

            Assert.Null(await asking);
            Assert.Equal((4, 3), (model.Counts.Calls, model.Counts.Retried));
            return [.. asked.Zip(asked.Skip(1), (a, b) => Math.Round((b - a).TotalMilliseconds / 100))];
        }
    }

    [Theory]
    [InlineData(2, 2)] // seconds that the server asks for, calls
    [InlineData(60, 1)] // longer than the list has: to wait would be in vain
    public async Task A_server_that_says_when_to_come_again_is_heard(int seconds, int calls)
    {
        var asked = 0;
        using var client = new ScriptedClient((_, _) => Interlocked.Increment(ref asked) == 1
            ? throw new ChatServerException(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(seconds))
            : Task.FromResult(ScriptedClient.Saying(Whole)));
        using var model = Of(client);
        var asking = model.AskAsync(_prompt, Cancel);
        for (var i = 0; i < 38 && !asking.IsCompleted; i++)
        {
            await Task.Delay(5, Cancel);
            if (!asking.IsCompleted && i < 15) Assert.Equal(1, Volatile.Read(ref asked));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal<int[]?>(calls == 2 ? _order : null, await asking.WaitAsync(_patience, Cancel));
        Assert.Equal(calls, model.Counts.Calls);
        if (calls == 1) Assert.Equal(ChatFault.Limited, Assert.Single(model.Counts.Faults).Key);
    }

    [Fact]
    public async Task A_server_that_is_down_is_left_alone_for_a_while_and_then_tried_with_one_call()
    {
        var isDown = true;
        using var client = new ScriptedClient((_, _) =>
            isDown ? throw new HttpRequestException("no route") : Task.FromResult(ScriptedClient.Saying(Whole)));
        using var model = Of(client, options => options with { Retries = 0, Cache = new() { MostAnswers = 0 } });
        for (var i = 0; i < 50; i++) Assert.Null(await model.AskAsync(_prompt, Cancel));
        Assert.Equal((10, 40), (client.Asked.Count, model.Counts.Faults[ChatFault.Paused]));
        _time.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 5; i++) Assert.Null(await model.AskAsync(_prompt, Cancel));
        Assert.Equal(11, client.Asked.Count);
        isDown = false;
        _time.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 5; i++) Assert.NotNull(await model.AskAsync(_prompt, Cancel));
        Assert.Equal(16, client.Asked.Count);
    }

    [Fact]
    public async Task Calls_that_hang_until_the_deadline_count_as_failed_and_cancelled_ones_do_not()
    {
        using var client = new ScriptedClient(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedClient.Saying(Whole);
        });
        using var cancelled = new ChatModel(client, Options with { Deadline = _patience, MostAtOnce = 100 });
        for (var i = 0; i < 20; i++)
        {
            using var caller = new CancellationTokenSource();
            var asking = cancelled.AskAsync(_prompt, caller.Token);
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        Assert.Equal(20, cancelled.Counts.Calls);
        Assert.Empty(cancelled.Counts.Faults);

        using var hanging = new ChatModel(client, Options with { Deadline = TimeSpan.FromMilliseconds(20), MostAtOnce = 100 });
        for (var i = 0; i < 11; i++) Assert.Null(await hanging.AskAsync(_prompt, Cancel));
        Assert.Equal((10, 1), (hanging.Counts.Faults[ChatFault.Deadline], hanging.Counts.Faults[ChatFault.Paused]));
    }

    private static ChatRankingOptions Options => new() { Model = "stub" };

    private ChatModel Of(IChatClient client, Func<ChatRankingOptions, ChatRankingOptions>? change = null) =>
        new(client, change?.Invoke(Options) ?? Options, _time);

    private static async Task Eventually(Func<bool> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < _patience, "it did not come to be");
            await Task.Delay(5, Cancel);
        }
    }
}
