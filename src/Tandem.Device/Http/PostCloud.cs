using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>
/// The cloud service where HTTP is not .NET's: a browser's fetch, or the library of a program in another language. Lists and events; the
/// same messages and faults as those of <see cref="HttpCloud"/>, without an HttpClient in the program. Any number of threads may use it.
/// </summary>
/// <param name="post">
/// Posts JSON to a path below the service's address (<c>v1/candidates</c> or <c>v1/events</c>) with the headers that say who asks, and
/// gives the answer, or null where none came in time. The address, deadlines and redirects are its matter.
/// </param>
public sealed class PostCloud(Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<PostReply?>> post) : ICloud
{
    /// <summary>Most bytes of an answer; as <see cref="HttpCloudOptions.MostListBytes"/>.</summary>
    public const int MostBytes = 4_000_000;

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.TryValidate(int.MaxValue, out var fault)) return Fault(CloudFaultKind.Refused, $"not sent: {fault}");
        var body = JsonSerializer.SerializeToUtf8Bytes(request, MessageJson.Default.CandidateRequest);
        var answer = Read(await post("v1/candidates", body, cancel).ConfigureAwait(false), MessageJson.Default.CandidateList);
        return answer.Value?.TryValidate(int.MaxValue, out fault) == false
            ? Fault(CloudFaultKind.Failed, $"the list is refused: {fault}")
            : answer;
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<EventReceipt>> SendEventsAsync(EventBatch batch, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!batch.TryValidate(int.MaxValue, out var fault)) return Fault(CloudFaultKind.Refused, $"not sent: {fault}");
        var body = JsonSerializer.SerializeToUtf8Bytes(batch, MessageJson.Default.EventBatch);
        var answer = Read(await post("v1/events", body, cancel).ConfigureAwait(false), MessageJson.Default.EventReceipt);
        return answer.Value?.TryValidate(batch.Events.Count, out fault) == false
            ? Fault(CloudFaultKind.Failed, $"the receipt is refused: {fault}")
            : answer;
    }

    private static CloudAnswer<T> Read<T>(PostReply? reply, JsonTypeInfo<T> type)
        where T : class
    {
        if (reply is null) return Fault(CloudFaultKind.Unreachable, "no answer from the cloud");
        if (reply.Body.Length > MostBytes) return Fault(CloudFaultKind.Failed, $"the answer has more than {MostBytes} bytes");
        return reply.Status == 200
            ? JsonAnswer.Parse(reply.Body.Span, type)
            : HttpRefusal.Of(reply.Status, isOfBundle: false, HttpRefusal.ProblemOf(reply.Body.Span), reply.RetryAfterSeconds);
    }

    private static CloudFault Fault(CloudFaultKind kind, string message) => new() { Kind = kind, Message = message };
}
