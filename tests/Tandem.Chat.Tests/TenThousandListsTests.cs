using System.Collections.Concurrent;
using System.Diagnostics;
using Tandem.Chat.Calls;
using Tandem.Chat.Clients;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Chat.Tests;

/// <summary>Many lists at once, with a server of which a tenth of the calls goes wrong, each in its own way.</summary>
public class TenThousandListsTests(ITestOutputHelper output)
{
    private const int Count = 20;
    private const int Retrieve = 30;
    private const int Callers = 32;
    private static readonly TimeSpan _deadline = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _callTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// What a loaded machine may take to wake a thread whose time has come; docs/chat-models.md has what was measured.
    /// </summary>
    private static readonly TimeSpan _scheduling = TimeSpan.FromSeconds(2);

    private static readonly Behaviour[] _faults =
    [
        Behaviour.Slow, Behaviour.NoUsage, Behaviour.Partial, Behaviour.Fenced, Behaviour.Outside, Behaviour.Repeated, Behaviour.Text,
        Behaviour.BrokenJson, Behaviour.WrongSchema, Behaviour.Empty, Behaviour.Html, Behaviour.Error, Behaviour.Limited,
        Behaviour.Refused, Behaviour.CutOff, Behaviour.Hang,
    ];

    [Theory]
    [InlineData(ChatServerKind.OpenAI, 10_000, null)]
    [InlineData(ChatServerKind.Ollama, 10_000, null)]
    [InlineData(ChatServerKind.OpenAI, 10_000, 3_500_000L)] // runs out about half way
    public async Task Every_list_is_valid_in_time_and_within_the_budget(ChatServerKind kind, int lists, long? tokens)
    {
        await using var server = await StubServer.StartAsync(Plan);
        using var model = ChatModel.Open(new()
        {
            Model = "stub",
            Server = server.Options(kind),
            Retrieve = Retrieve,
            Deadline = _deadline,
            CallTimeout = _callTimeout,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            MostAtOnce = Callers,
            Pause = null, // on a loaded machine the first calls come late, and a pause would outlast all lists; DeadlineTests
            Budget = new() { TokensPerDay = tokens, MoneyPerDay = tokens * 0.6m / 1_000_000, InputPrice = 0.5m, OutputPrice = 2 },
        });
        var generator = new RerankedCandidates(Shop.Popular(Shop.Catalog), new ChatRanker(model, Shop.Catalog));
        using var watching = new CancellationTokenSource();
        var highest = Watch(model, watching.Token);
        var times = new ConcurrentBag<TimeSpan>();
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, lists, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancel) =>
        {
            var began = Stopwatch.GetTimestamp();
            var request = RequestOf(i);
            var list = Assert.Single(await generator.GenerateAsync([request], cancel));
            times.Add(Stopwatch.GetElapsedTime(began));
            Shop.AssertValid(request, list);
            Assert.True(list.ModelVersion == generator.ModelVersion || list.ModelVersion == "popularity");
        });
        var elapsed = clock.Elapsed;
        await watching.CancelAsync();
        Report(kind, model, server, [.. times.Order()], elapsed, await highest);
        AssertCounts(model.Counts, lists, server.Calls);
        Assert.True(times.Max() < _deadline + _scheduling, $"the slowest list took {times.Max()}");
        AssertBudget(model, server, tokens, await highest);
    }

    [Fact]
    public async Task A_server_that_never_answers_costs_a_list_its_deadline_and_no_more()
    {
        await using var server = await StubServer.StartAsync(_ => Behaviour.Hang);
        using var model = ChatModel.Open(new()
        {
            Model = "stub",
            Server = server.Options(ChatServerKind.OpenAI),
            Deadline = _callTimeout,
            MostAtOnce = Callers,
            Pause = null,
        });
        var generator = new RerankedCandidates(Shop.Popular(Shop.Catalog), new ChatRanker(model, Shop.Catalog));
        var times = new ConcurrentBag<TimeSpan>();
        await Parallel.ForAsync(0, 320, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancel) =>
        {
            var began = Stopwatch.GetTimestamp();
            Shop.AssertValid(RequestOf(i), Assert.Single(await generator.GenerateAsync([RequestOf(i)], cancel)));
            times.Add(Stopwatch.GetElapsedTime(began));
        });
        Assert.Equal(320, model.Counts.Faults[ChatFault.Deadline]);
        Assert.InRange(times.Max(), _callTimeout, _callTimeout + _scheduling);
        output.WriteLine($"{times.Count} lists, deadline {_callTimeout.TotalMilliseconds} ms: median "
            + $"{times.Order().ElementAt(160).TotalMilliseconds:0}, longest {times.Max().TotalMilliseconds:0} ms");
    }

    private static void AssertCounts(ChatCounts counts, int lists, long calls)
    {
        Assert.Equal(lists, counts.Ranked + counts.Faults.Values.Sum());
        Assert.True(counts.Calls >= calls, "a call was made and not counted");
        Assert.True(counts.Ranked > lists / 4, $"only {counts.Ranked} lists were ranked");
        Assert.True(counts.DroppedNumbers > 0 && counts.MissingNumbers > 0 && counts.Retried > 0);
        Assert.Contains(ChatFault.Refused, counts.Faults.Keys);
    }

    private static void AssertBudget(ChatModel model, StubServer server, long? tokens, (long Tokens, decimal Money) highest)
    {
        Assert.True(server.Billed <= model.Spent.Tokens, $"{server.Billed} tokens are billed, {model.Spent.Tokens} were counted");
        Assert.Equal(tokens is not null, model.Counts.Faults.ContainsKey(ChatFault.Budget));
        if (tokens is null) return;
        Assert.InRange(highest.Tokens, tokens.Value * 9 / 10, tokens.Value);
        Assert.InRange(highest.Money, 0, tokens.Value * 0.6m / 1_000_000);
        Assert.True(server.Billed <= tokens);
    }

    /// <summary>A tenth of the calls, drawn by what is asked and how often it was.</summary>
    private static Behaviour Plan(StubCall call)
    {
        var random = NamedSeed.Create(1, "plan", call.Hash, call.Attempt);
        return random.NextDouble() < 0.1 ? _faults[random.Next(_faults.Length)] : Behaviour.Right;
    }

    private static CandidateRequest RequestOf(int number)
    {
        var random = NamedSeed.Create(1, "history", number);
        return Shop.Request(Count, [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(1, Shop.Items + 1))]);
    }

    /// <summary>The most that was spent, looked at again and again.</summary>
    private static Task<(long Tokens, decimal Money)> Watch(ChatModel model, CancellationToken stop) => Task.Run(async () =>
    {
        var highest = (Tokens: 0L, Money: 0m);
        while (true)
        {
            var (tokens, money) = model.Spent;
            highest = (Math.Max(highest.Tokens, tokens), Math.Max(highest.Money, money));
            if (stop.IsCancellationRequested) return highest;
            await Task.Delay(1, CancellationToken.None);
        }
    }, CancellationToken.None);

    private void Report(
        ChatServerKind kind, ChatModel model, StubServer server, TimeSpan[] times, TimeSpan elapsed, (long Tokens, decimal Money) highest)
    {
        var counts = model.Counts;
        output.WriteLine($"{kind}: {times.Length} lists in {elapsed.TotalSeconds:0.0} s, {server.Calls} calls reached the server");
        output.WriteLine($"ranked {counts.Ranked} ({counts.Cached} cached), calls {counts.Calls}, retried {counts.Retried}, dropped "
            + $"{counts.DroppedNumbers}, missing {counts.MissingNumbers}");
        output.WriteLine("faults " + string.Join(", ", counts.Faults.Select(fault => $"{fault.Key} {fault.Value}")));
        output.WriteLine($"tokens: billed {server.Billed}, counted {counts.InputTokens} + {counts.OutputTokens}, highest with reservations "
            + $"{highest.Tokens}; money {counts.Money}, highest {highest.Money}");
        output.WriteLine($"time of a list: median {Millis(0.5)}, 99 % {Millis(0.99)}, 99.9 % {Millis(0.999)}, longest {Millis(1)} ms");

        string Millis(double share) => $"{times[(int)((times.Length - 1) * share)].TotalMilliseconds:0}";
    }
}
