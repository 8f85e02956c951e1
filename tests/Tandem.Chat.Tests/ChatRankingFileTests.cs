using Tandem.Chat.Clients;
using Tandem.Chat.Prompts;
using Tandem.Tests;

namespace Tandem.Chat.Tests;

public sealed class ChatRankingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_file_says_what_differs_from_the_defaults()
    {
        var options = Read("""{ "model": "m", "server": { "kind": "ollama", "endpoint": "http://localhost:11434" } }""");
        Assert.Equal(
            new() { Model = "m", Server = new() { Kind = ChatServerKind.Ollama, Endpoint = new("http://localhost:11434") } }, options);
        Assert.Equal((50, 20, TimeSpan.FromSeconds(4), 0f), (options.Retrieve, options.History, options.Deadline, options.Temperature));
    }

    [Fact]
    public void A_file_says_everything()
    {
        var options = Read("""
            {
              "model": "m", // comments are for people
              "server": { "kind": "openai", "endpoint": "https://llm.example/v1", "keyVariable": "LLM_KEY" },
              "retrieve": 30, "history": 10, "longestTitle": 80, "order": "shuffled",
              "deadline": "00:00:02.5", "callTimeout": "00:00:01", "retries": 1, "retryDelay": "00:00:00.1", "pause": null, "mostAtOnce": 4,
              "outputTokens": 500, "temperature": null, "seed": null,
              "budget": { "tokensPerDay": 1000000, "moneyPerDay": 2.5, "inputPrice": 0.15, "outputPrice": 0.6 },
              "cache": { "mostAnswers": 5, "longestAge": "00:10:00" },
            }
            """);
        Assert.Equal(
            new()
            {
                Model = "m",
                Server = new() { Kind = ChatServerKind.OpenAI, Endpoint = new("https://llm.example/v1"), KeyVariable = "LLM_KEY" },
                Retrieve = 30,
                History = 10,
                LongestTitle = 80,
                Order = CandidateOrder.Shuffled,
                Deadline = TimeSpan.FromSeconds(2.5),
                CallTimeout = TimeSpan.FromSeconds(1),
                Retries = 1,
                RetryDelay = TimeSpan.FromMilliseconds(100),
                Pause = null,
                MostAtOnce = 4,
                OutputTokens = 500,
                Temperature = null,
                Seed = null,
                Budget = new() { TokensPerDay = 1_000_000, MoneyPerDay = 2.5m, InputPrice = 0.15m, OutputPrice = 0.6m },
                Cache = new() { MostAnswers = 5, LongestAge = TimeSpan.FromMinutes(10) },
            },
            options);
    }

    [Theory]
    [InlineData("", "holds no settings")]
    [InlineData("null", "found null")]
    [InlineData("[]", "holds no settings")]
    [InlineData("""{ "server": { "kind": "openai", "endpoint": "https://a/v1" } }""", "model")]
    [InlineData("""{ "model": "m" }""", "Server is missing")]
    [InlineData("""{ "model": "m", "server": { "kind": "other", "endpoint": "https://a/v1" } }""", "kind")]
    [InlineData("""{ "model": "m", "server": { "kind": "openai", "endpoint": "https://a/v1", "key": "sk-1" } }""", "key")]
    [InlineData("""{ "model": "m", "server": { "kind": "openai", "endpoint": "https://a/v1" }, "buget": {} }""", "buget")]
    [InlineData("""{ "model": "m", "server": { "kind": "openai", "endpoint": "https://a/v1" }, "retries": 1, "retries": 2 }""", "retries")]
    [InlineData("""{ "model": "m", "server": { "kind": "openai", "endpoint": "ftp://a" } }""", "Server.Endpoint is 'ftp://a/'")]
    [InlineData("""{ "model": "m", "server": { "kind": "openai", "endpoint": "v1" } }""", "Server.Endpoint is 'v1'")]
    public void Anything_else_is_refused_in_words(string text, string told)
    {
        var e = Assert.Throws<ChatOptionsException>(() => Read(text));
        Assert.Contains("chat.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Assert.Contains("cannot be read", Assert.Throws<ChatOptionsException>(() => ChatRankingFile.Read(_folder["none"])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = new ChatRankingOptions
        {
            Model = "",
            Server = new() { Kind = (ChatServerKind)7, Endpoint = new("http://llm.example/v1"), KeyVariable = "LLM KEY" },
            Retrieve = 1,
            History = 0,
            LongestTitle = 7,
            Order = (CandidateOrder)9,
            Deadline = TimeSpan.Zero,
            CallTimeout = TimeSpan.FromHours(2),
            Retries = 11,
            RetryDelay = -TimeSpan.FromSeconds(1),
            Pause = TimeSpan.Zero,
            MostAtOnce = 0,
            OutputTokens = 3,
            Temperature = float.NaN,
            Budget = new() { TokensPerDay = -1, MoneyPerDay = -1 },
            Cache = new() { MostAnswers = -1, LongestAge = TimeSpan.Zero },
        }.Validate().ToArray();
        string[] parts =
        [
            "Model", "Retrieve", "History", "LongestTitle", "Order", "Deadline", "CallTimeout", "Retries", "RetryDelay", "Pause",
            "MostAtOnce", "OutputTokens", "Temperature", "Server.Kind", "Server.KeyVariable", "Server.Endpoint", "Budget.TokensPerDay",
            "Budget.MoneyPerDay", "Budget.MoneyPerDay", "Cache.MostAnswers", "Cache.LongestAge",
        ];
        Assert.Equal(parts, faults.Select(fault => fault.Split(' ')[0]));
    }

    public void Dispose() => _folder.Dispose();

    private ChatRankingOptions Read(string text) => ChatRankingFile.Read(_folder.Write("chat.json", text));
}
