using Tandem.Chat.Calls;

namespace Tandem.Chat.Clients;

/// <summary>
/// Answers without success become a <see cref="ChatServerException"/> before a client sees them, so that all clients tell a limit from a
/// refusal alike; and an answer is no longer than <see cref="MostBytes"/>, whatever its server sends.
/// </summary>
/// <param name="inner">Sends.</param>
/// <param name="time">For dates in <c>Retry-After</c>.</param>
internal sealed class ServerStatus(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    public const int MostBytes = 1 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!response.IsSuccessStatusCode) throw new ChatServerException(response.StatusCode, RetryAfter(response));
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
