using Tandem.Chat.Calls;
using Tandem.Chat.Clients;
using Tandem.Protocol.Messages;

namespace Tandem.Chat.Tests;

/// <summary>What becomes of a list, by protocol and by how the server behaves; over HTTP, with the clients that programs get.</summary>
public class ServerBehaviourTests
{
    private const int Count = 10;
    private const int Retrieve = 20;
    private static readonly CandidateRequest _request = Shop.Request(Count, 1, 2, 3);

    public static MatrixTheoryData<ChatServerKind, string> Heard =>
        new(Enum.GetValues<ChatServerKind>(), [nameof(Behaviour.Right), nameof(Behaviour.Slow), nameof(Behaviour.NoUsage),
            nameof(Behaviour.Fenced), nameof(Behaviour.Outside), nameof(Behaviour.Repeated)]);

    public static TheoryData<ChatServerKind, string, ChatFault, int> Faulty
    {
        get
        {
            var data = new TheoryData<ChatServerKind, string, ChatFault, int>();
            foreach (var kind in Enum.GetValues<ChatServerKind>())
            {
                data.Add(kind, nameof(Behaviour.Text), ChatFault.Invalid, 2);
                data.Add(kind, nameof(Behaviour.WrongSchema), ChatFault.Invalid, 2);
                data.Add(kind, nameof(Behaviour.Empty), ChatFault.Invalid, 2);
                data.Add(kind, nameof(Behaviour.Html), ChatFault.Failed, 2);
                data.Add(kind, nameof(Behaviour.Error), ChatFault.Unavailable, 2);
                data.Add(kind, nameof(Behaviour.Limited), ChatFault.Limited, 2);
                data.Add(kind, nameof(Behaviour.Refused), ChatFault.Refused, 1);
                data.Add(kind, nameof(Behaviour.CutOff), ChatFault.Unavailable, 2);
                data.Add(kind, nameof(Behaviour.Hang), ChatFault.Deadline, 2);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Heard))]
    public async Task An_answer_puts_the_retrieved_items_in_its_order(ChatServerKind kind, string behaviour)
    {
        await using var server = await StubServer.StartAsync(_ => Enum.Parse<Behaviour>(behaviour));
        var (list, retrieved, counts) = await RankAsync(server, kind);
        int[] expected = [.. retrieved.Items.Take(Retrieve).OrderByDescending(item => item).Take(Count)]; // the stub's taste
        Assert.Equal(expected, list.Items);
        Assert.Equal(retrieved.Scores.Take(Count), list.Scores);
        Assert.StartsWith("stub@", list.ModelVersion, StringComparison.Ordinal);
        Assert.EndsWith("+popularity", list.ModelVersion, StringComparison.Ordinal);
        Assert.Equal((1, 1, 0), (counts.Ranked, counts.Calls, counts.Retried));
        Assert.Equal(behaviour switch { nameof(Behaviour.Outside) => 4, nameof(Behaviour.Repeated) => 2, _ => 0 }, counts.DroppedNumbers);
        var isReported = behaviour != nameof(Behaviour.NoUsage);
        Assert.Equal(isReported, counts.InputTokens + counts.OutputTokens == server.Billed);
        Assert.True(counts.InputTokens + counts.OutputTokens >= server.Billed);
    }

    [Theory]
    [InlineData(ChatServerKind.OpenAI, nameof(Behaviour.Partial), 5)]
    [InlineData(ChatServerKind.Ollama, nameof(Behaviour.Partial), 5)]
    [InlineData(ChatServerKind.OpenAI, nameof(Behaviour.BrokenJson), 7)]
    [InlineData(ChatServerKind.Ollama, nameof(Behaviour.BrokenJson), 7)]
    public async Task What_an_answer_leaves_out_follows_in_the_retrieved_order(ChatServerKind kind, string behaviour, int named)
    {
        await using var server = await StubServer.StartAsync(_ => Enum.Parse<Behaviour>(behaviour));
        var (list, retrieved, counts) = await RankAsync(server, kind);
        int[] first = [.. retrieved.Items.Take(Retrieve).OrderByDescending(item => item).Take(named)];
        Assert.Equal([.. first, .. retrieved.Items.Where(item => !first.Contains(item)).Take(Count - named)], list.Items);
        Assert.Equal((1, Retrieve - named), (counts.Ranked, counts.MissingNumbers));
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task A_fault_leaves_the_retrieved_list_under_its_own_name(
        ChatServerKind kind, string behaviour, ChatFault fault, int calls)
    {
        await using var server = await StubServer.StartAsync(_ => Enum.Parse<Behaviour>(behaviour));
        var isHanging = behaviour == nameof(Behaviour.Hang);
        var (list, retrieved, counts) = await RankAsync(server, kind, isHanging ? TimeSpan.FromMilliseconds(300) : null);
        Assert.Equal(retrieved.Items.Take(Count), list.Items);
        Assert.Equal("popularity", list.ModelVersion);
        Assert.Equal((0, calls, calls - 1), (counts.Ranked, counts.Calls, counts.Retried));
        Assert.Equal(calls, server.Calls);
        Assert.Equal((fault, 1), (Assert.Single(counts.Faults).Key, counts.Faults[fault]));
        Assert.True(counts.InputTokens + counts.OutputTokens >= server.Billed);
        Assert.Equal(behaviour is nameof(Behaviour.Limited) or nameof(Behaviour.Refused), counts.InputTokens == 0);
    }

    [Theory]
    [InlineData(ChatServerKind.OpenAI)]
    [InlineData(ChatServerKind.Ollama)]
    public async Task A_fault_that_passes_costs_a_retry_and_no_order(ChatServerKind kind)
    {
        await using var server = await StubServer.StartAsync(call => call.Attempt == 0 ? Behaviour.Error : Behaviour.Right);
        var (list, retrieved, counts) = await RankAsync(server, kind);
        Assert.Equal([.. retrieved.Items.Take(Retrieve).OrderByDescending(item => item).Take(Count)], list.Items);
        Assert.Equal((1, 2, 1), (counts.Ranked, counts.Calls, counts.Retried));
        Assert.Empty(counts.Faults);
    }

    [Fact]
    public async Task Both_protocols_carry_the_schema_the_temperature_the_seed_and_the_longest_answer()
    {
        await using var server = await StubServer.StartAsync(_ => Behaviour.Right);
        await RankAsync(server, ChatServerKind.OpenAI);
        var body = server.LastBody;
        Assert.Equal("json_schema", body.GetProperty("response_format").GetProperty("type").GetString());
        var schema = body.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema");
        Assert.True(schema.GetProperty("properties").TryGetProperty("ranking", out _));
        Assert.Equal((0, 1), (body.GetProperty("temperature").GetDouble(), body.GetProperty("seed").GetInt32()));
        Assert.Equal(64 + 8 * Retrieve, body.GetProperty("max_completion_tokens").GetInt32());

        await RankAsync(server, ChatServerKind.Ollama);
        body = server.LastBody;
        Assert.True(body.GetProperty("format").GetProperty("properties").TryGetProperty("ranking", out _));
        var options = body.GetProperty("options");
        Assert.Equal((0, 1), (options.GetProperty("temperature").GetDouble(), options.GetProperty("seed").GetInt32()));
        Assert.Equal(64 + 8 * Retrieve, options.GetProperty("num_predict").GetInt32());
        Assert.False(body.GetProperty("stream").GetBoolean());
    }

    private static async Task<(CandidateList List, CandidateList Retrieved, ChatCounts Counts)> RankAsync(
        StubServer server, ChatServerKind kind, TimeSpan? callTimeout = null)
    {
        using var model = ChatModel.Open(new()
        {
            Model = "stub",
            Server = server.Options(kind),
            Retrieve = Retrieve,
            Retries = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            CallTimeout = callTimeout,
            Deadline = TimeSpan.FromSeconds(30),
        });
        var ranker = new ChatRanker(model, Shop.Catalog);
        var retrieved = await Shop.RetrieveAsync(ranker, _request);
        var list = await ranker.RankAsync(_request, retrieved, TestContext.Current.CancellationToken);
        Shop.AssertValid(_request, list);
        return (list, retrieved, model.Counts);
    }
}
