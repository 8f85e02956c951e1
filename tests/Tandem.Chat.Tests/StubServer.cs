using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Chat.Clients;

namespace Tandem.Chat.Tests;

/// <summary>A chat model's server at a free port of this machine, in both protocols, which treats each call as a plan says.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    /// <summary>Tokens of every answer, below what calls reserve.</summary>
    public const int Written = 40;

    private static readonly JsonSerializerOptions _withoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly WebApplication _app;
    private readonly Func<StubCall, Behaviour> _plan;
    private readonly ConcurrentDictionary<int, int> _attempts = new();
    private long _calls, _billed;

    private StubServer(WebApplication app, Func<StubCall, Behaviour> plan)
    {
        (_app, _plan) = (app, plan);
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, ChatServerKind.OpenAI));
        app.MapPost("/api/chat", context => AnswerAsync(context, ChatServerKind.Ollama));
    }

    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Tokens that the server wants paid, whether or not its answer arrived: all but refusals.</summary>
    public long Billed => Volatile.Read(ref _billed);

    /// <summary>The body of the last call.</summary>
    public JsonElement LastBody { get; private set; }

    public string? LastAuthorization { get; private set; }

    public static async Task<StubServer> StartAsync(Func<StubCall, Behaviour> plan)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new StubServer(builder.Build(), plan);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ChatServerOptions Options(ChatServerKind kind) =>
        new() { Kind = kind, Endpoint = new(_app.Urls.Single() + (kind == ChatServerKind.OpenAI ? "/v1" : "")) };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, ChatServerKind kind)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var body = JsonSerializer.Deserialize<JsonElement>(bytes.ToArray());
        (LastBody, LastAuthorization) = (body, context.Request.Headers.Authorization);
        Interlocked.Increment(ref _calls);
        var (call, read) = (CallOf(body, bytes.ToArray()), (int)bytes.Length / 4);
        var behaviour = _plan(call);
        if (behaviour is not (Behaviour.Limited or Behaviour.Refused)) Interlocked.Add(ref _billed, read + Written);
        await TreatAsync(context, kind, call, behaviour, read);
    }

    private StubCall CallOf(JsonElement body, byte[] bytes)
    {
        var hash = BitConverter.ToInt32(SHA256.HashData(bytes));
        var data = body.GetProperty("messages")[1].GetProperty("content");
        var text = data.ValueKind == JsonValueKind.Array ? data[0].GetProperty("text").GetString()! : data.GetString()!;
        var candidates = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("candidates");
        return new(hash, _attempts.AddOrUpdate(hash, 0, (_, before) => before + 1),
            [.. candidates.EnumerateArray().Select(candidate => candidate.GetProperty("title").GetString()!)]);
    }

    private static async Task TreatAsync(HttpContext context, ChatServerKind kind, StubCall call, Behaviour behaviour, int read)
    {
        var response = context.Response;
        var answer = Encoding.UTF8.GetBytes(Envelope(kind, call.Say(behaviour), behaviour == Behaviour.NoUsage ? null : read));
        switch (behaviour)
        {
            case Behaviour.Error:
                response.StatusCode = 500;
                return;
            case Behaviour.Refused:
                response.StatusCode = 401;
                return;
            case Behaviour.Limited:
                (response.StatusCode, response.Headers.RetryAfter) = (429, "0");
                return;
            case Behaviour.Html:
                response.ContentType = "text/html";
                await response.WriteAsync("<html><body>Bad gateway</body></html>");
                return;
            case Behaviour.CutOff:
                response.ContentLength = answer.Length;
                await response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2), CancellationToken.None);
                await response.Body.FlushAsync(CancellationToken.None);
                context.Abort();
                return;
            case Behaviour.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case Behaviour.Slow:
                await Task.Delay(TimeSpan.FromMilliseconds(50), context.RequestAborted);
                break;
        }

        response.ContentType = "application/json";
        await response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static string Envelope(ChatServerKind kind, string text, int? read) => JsonSerializer.Serialize(
        kind == ChatServerKind.Ollama ? OllamaEnvelope(text, read) : OpenAIEnvelope(text, read), _withoutNulls);

    private static object OllamaEnvelope(string text, int? read) => new
    {
        model = "stub",
        created_at = "2026-01-01T00:00:00Z",
        message = new { role = "assistant", content = text },
        done = true,
        done_reason = "stop",
        prompt_eval_count = read,
        eval_count = read is null ? null : (int?)Written,
    };

    private static object OpenAIEnvelope(string text, int? read) => new
    {
        id = "1",
        @object = "chat.completion",
        created = 1,
        model = "stub",
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } },
        usage = read is null ? null : new { prompt_tokens = read, completion_tokens = Written, total_tokens = read + Written },
    };
}
