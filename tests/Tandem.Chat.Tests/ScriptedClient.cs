using Microsoft.Extensions.AI;

namespace Tandem.Chat.Tests;

/// <summary>A client in this process that answers as a test says, and keeps what it was told.</summary>
internal sealed class ScriptedClient(Func<string, CancellationToken, Task<ChatResponse>> answer) : IChatClient
{
    private readonly Lock _lock = new();
    private readonly List<(string System, string User, ChatOptions? Options)> _asked = [];

    public ScriptedClient(string text)
        : this((_, _) => Task.FromResult(Saying(text)))
    {
    }

    public IReadOnlyList<(string System, string User, ChatOptions? Options)> Asked
    {
        get
        {
            lock (_lock) return [.. _asked];
        }
    }

    public static ChatResponse Saying(string text, long? input = 100, long? output = 20) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        Usage = new() { InputTokenCount = input, OutputTokenCount = output },
    };

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = messages.ToArray();
        Assert.Equal([ChatRole.System, ChatRole.User], all.Select(message => message.Role));
        lock (_lock) _asked.Add((all[0].Text, all[1].Text, options));
        return answer(all[1].Text, cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
