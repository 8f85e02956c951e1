using System.Net;

namespace Tandem.Chat.Calls;

/// <summary>A chat model's server answered with a status that is no success.</summary>
/// <param name="status">Of the answer.</param>
/// <param name="retryAfter">When the server wants to be asked again; null where it says nothing.</param>
public sealed class ChatServerException(HttpStatusCode status, TimeSpan? retryAfter)
    : HttpRequestException($"the chat model's server answered {(int)status} {status}", inner: null, status)
{
    /// <summary>From the answer on; null where the server says nothing.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
