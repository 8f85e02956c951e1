using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;

namespace Tandem.Chat.Clients;

/// <summary>Clients of servers by their protocol, which try a call once: retries are counted and paid where the budget is known.</summary>
public static class ChatClients
{
    /// <summary>OpenAI's client insists on a key; a server that wants none passes it over.</summary>
    private const string NoKey = "none";

    /// <summary>A client of a server.</summary>
    /// <param name="server">Where the model is.</param>
    /// <param name="model">As the server names it.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ChatOptionsException">The settings have faults, or the key's variable is not set.</exception>
    public static IChatClient Open(ChatServerOptions server, string model, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(model);
        ChatOptionsException.ThrowIfAny(server.Validate());
        var key = KeyOf(server);
        // A redirected call would take the key and the titles to another server. Deadlines are the caller's.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        var http = new HttpClient(new ServerStatus(handler, time ?? TimeProvider.System)) { Timeout = Timeout.InfiniteTimeSpan };
        var client = server.Kind == ChatServerKind.Ollama
            ? Ollama(http, server.Endpoint, model, key)
            : OpenAI(http, server.Endpoint, model, key);
        return new WithConnections(client, http);
    }

    private static IChatClient OpenAI(HttpClient http, Uri endpoint, string model, string? key)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        return new OpenAIClient(new ApiKeyCredential(key ?? NoKey), options).GetChatClient(model).AsIChatClient();
    }

    private static OllamaApiClient Ollama(HttpClient http, Uri endpoint, string model, string? key)
    {
        http.BaseAddress = new(endpoint.AbsoluteUri.TrimEnd('/') + '/'); // without the last one its last part would be replaced
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new(http, model);
    }

    private static string? KeyOf(ChatServerOptions server) => server.KeyVariable is null
        ? null
        : Environment.GetEnvironmentVariable(server.KeyVariable) is { Length: > 0 } key
            ? key
            : throw new ChatOptionsException(
                $"the environment variable {server.KeyVariable} is not set; it has to hold the API key of {server.Endpoint.Authority}");

    /// <summary>Neither client closes connections that it was given.</summary>
    private sealed class WithConnections(IChatClient client, HttpClient http) : DelegatingChatClient(client)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing) http.Dispose();
        }
    }
}
