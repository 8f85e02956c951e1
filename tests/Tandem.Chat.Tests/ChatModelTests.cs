using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Tandem.Chat.Calls;
using Tandem.Chat.Prompts;

namespace Tandem.Chat.Tests;

public class ChatModelTests
{
    private const string Whole = """{"ranking":[2,1]}""";
    private static readonly RankingPrompt _prompt = new(["Alien"], ["Heat", "Aliens"]);
    private static readonly int[] _order = [2, 1];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_again_is_paid_once_until_it_is_too_old()
    {
        using var client = new ScriptedClient(Whole);
        using var model = Of(client, options => options with { Cache = new() { LongestAge = TimeSpan.FromMinutes(5) } });
        for (var i = 0; i < 3; i++) Assert.Equal<int[]?>(_order, await model.AskAsync(_prompt, Cancel));
        Assert.Equal<int[]?>(_order, await model.AskAsync(new(["Alien"], ["Heat", "Aliens"]), Cancel));
        Assert.Single(client.Asked);
        await model.AskAsync(new(["Alien 3"], ["Heat", "Aliens"]), Cancel);
        await model.AskAsync(new(["Alien"], ["Aliens", "Heat"]), Cancel);
        Assert.Equal(3, client.Asked.Count);
        Assert.Equal((6, 3, 3), (model.Counts.Ranked, model.Counts.Cached, model.Counts.Calls));
        _time.Advance(TimeSpan.FromMinutes(5));
        await model.AskAsync(_prompt, Cancel);
        Assert.Equal(4, client.Asked.Count);
    }

    [Fact]
    public async Task A_cache_of_no_answers_keeps_none_and_a_small_one_stays_small()
    {
        using var client = new ScriptedClient(Whole);
        using var none = Of(client, options => options with { Cache = new() { MostAnswers = 0 } });
        for (var i = 0; i < 3; i++) await none.AskAsync(_prompt, Cancel);
        Assert.Equal(3, client.Asked.Count);
        using var small = Of(client, options => options with { Cache = new() { MostAnswers = 2 } });
        for (var i = 0; i < 50; i++) await small.AskAsync(new([$"{i}"], ["a", "b"]), Cancel);
        for (var i = 0; i < 50; i++) await small.AskAsync(new([$"{i}"], ["a", "b"]), Cancel);
        Assert.InRange(small.Counts.Cached, 0, 2);
    }

    [Fact]
    public async Task A_budget_that_is_used_up_makes_no_call_and_tomorrow_is_another_day()
    {
        using var client = new ScriptedClient(Whole);
        var most = _prompt.MostInputTokens + 64 + 16;
        using var model = Of(client, options => options with
        {
            Budget = new() { TokensPerDay = most + 119 },
            Cache = new() { MostAnswers = 0 },
        });
        Assert.NotNull(await model.AskAsync(_prompt, Cancel)); // 120 tokens, as it reports
        Assert.Null(await model.AskAsync(_prompt, Cancel));
        Assert.Equal((1, 1), (client.Asked.Count, model.Counts.Faults[ChatFault.Budget]));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await model.AskAsync(_prompt, Cancel));
    }

    [Fact]
    public async Task Whatever_a_client_throws_is_a_fault_of_the_list_and_no_exception()
    {
        foreach (var thrown in new Exception[]
        {
            new InvalidOperationException("x"), new FormatException(), new OperationCanceledException(), new TaskCanceledException(),
            new HttpRequestException("x", new IOException()), new AggregateException(new IOException()), new TimeoutException(),
        })
        {
            using var client = new ScriptedClient((_, _) => throw thrown);
            using var model = new ChatModel(client, Options with { RetryDelay = TimeSpan.FromMilliseconds(1) });
            Assert.Null(await model.AskAsync(_prompt, Cancel).WaitAsync(_patience, Cancel));
            Assert.Equal((3, 1), (client.Asked.Count, model.Counts.Faults.Values.Sum()));
        }
    }

    private static ChatRankingOptions Options => new() { Model = "stub" };

    private ChatModel Of(IChatClient client, Func<ChatRankingOptions, ChatRankingOptions>? change = null) =>
        new(client, change?.Invoke(Options) ?? Options, _time);
}
