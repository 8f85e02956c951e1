using System.Net;
using Tandem.Chat.Prompts;

namespace Tandem.Chat.Calls;

/// <summary>How one call went: an answer with numbers, or a fault.</summary>
/// <param name="Answer">Null where there is a fault.</param>
/// <param name="Fault">Null where there is an answer.</param>
/// <param name="IsTransient">True where the same call may succeed later.</param>
/// <param name="IsUnspent">True where the server took no work on, so that nothing is paid.</param>
/// <param name="RetryAfter">Shortest wait that the server asks for; null for any.</param>
internal sealed record ChatAttempt(
    RankingAnswer? Answer, ChatFault? Fault = null, bool IsTransient = false, bool IsUnspent = false, TimeSpan? RetryAfter = null)
{
    /// <summary>What an exception of a client means.</summary>
    public static ChatAttempt Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpRequestException { StatusCode: { } status })
                return Of(status, (e as ChatServerException)?.RetryAfter);
            if (e is HttpRequestException or IOException or System.Net.Sockets.SocketException)
                return new(null, ChatFault.Unavailable, IsTransient: true);
        }

        return new(null, ChatFault.Failed, IsTransient: true);
    }

    private static ChatAttempt Of(HttpStatusCode status, TimeSpan? retryAfter) => status switch
    {
        HttpStatusCode.TooManyRequests => new(null, ChatFault.Limited, IsTransient: true, IsUnspent: true, retryAfter),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
            new(null, ChatFault.Unavailable, IsTransient: true, RetryAfter: retryAfter),
        _ => new(null, ChatFault.Refused, IsUnspent: true),
    };
}
