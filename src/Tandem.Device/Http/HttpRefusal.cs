using System.Text.Json;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>What an answer with another status than those of success says to a device.</summary>
internal static class HttpRefusal
{
    private const int MostProblemBytes = 64_000;
    private const int LongestMessage = 300;

    /// <summary>The fault: by the service's own words where it gives them, else by the status.</summary>
    /// <param name="answer">Its body is read where it is a problem.</param>
    /// <param name="isOfBundle">True where what was asked for may just not be there.</param>
    /// <param name="time">By which a date is a time to wait.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async ValueTask<CloudFault> ReadAsync(
        HttpResponseMessage answer, bool isOfBundle, TimeProvider time, CancellationToken cancel)
    {
        var problem = await ProblemAsync(answer.Content, cancel).ConfigureAwait(false);
        return Of((int)answer.StatusCode, isOfBundle, problem, RetryAfter(answer, time));
    }

    /// <summary>The fault of a status, and of what the service says of it.</summary>
    /// <param name="status">Of HTTP.</param>
    /// <param name="isOfBundle">True where what was asked for may just not be there.</param>
    /// <param name="problem">Null where the body is none.</param>
    /// <param name="retryAfter">Seconds of the header; null without it.</param>
    public static CloudFault Of(int status, bool isOfBundle, CloudProblem? problem, double? retryAfter) => new()
    {
        Kind = problem?.Kind ?? KindOf(status, isOfBundle),
        Message = Plain(problem?.Detail ?? problem?.Title) ?? MessageOf(status),
        RetryAfterSeconds = problem?.RetryAfterSeconds ?? retryAfter,
    };

    /// <summary>What a body says as a refusal; null where it is none.</summary>
    public static CloudProblem? ProblemOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.Length <= MostProblemBytes ? JsonSerializer.Deserialize(body, ProblemJson.Default.CloudProblem) : null;
        }
        catch (JsonException)
        {
            return null; // the status says enough
        }
    }

    private static async ValueTask<CloudProblem?> ProblemAsync(HttpContent content, CancellationToken cancel)
    {
        if (content.Headers.ContentType?.MediaType != CloudProblem.ContentType) return null;
        try
        {
            return await BoundedBody.TryReadAsync(content, MostProblemBytes, cancel).ConfigureAwait(false) is { } bytes
                ? ProblemOf(bytes)
                : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            return null; // the status says enough
        }
    }

    private static CloudFaultKind KindOf(int status, bool isOfBundle) => status switch
    {
        404 when isOfBundle => CloudFaultKind.NotFound,
        401 or 403 => CloudFaultKind.Denied,
        408 or 425 or 429 or 503 or 504 => CloudFaultKind.Busy,
        501 => CloudFaultKind.NotOffered,
        502 => CloudFaultKind.Unreachable,
        >= 400 and < 500 => CloudFaultKind.Refused,
        _ => CloudFaultKind.Failed,
    };

    private static string MessageOf(int status) => status switch
    {
        >= 300 and < 400 => $"the cloud's address redirects (status {status}); give the address that it leads to",
        < 300 => $"the cloud answers status {status}, expected 200: something else is at this address",
        _ => $"the cloud answers status {status}",
    };

    private static double? RetryAfter(HttpResponseMessage answer, TimeProvider time) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta.TotalSeconds,
        { Date: { } date } => Math.Max(0, (date - time.GetUtcNow()).TotalSeconds),
        _ => null,
    };

    /// <summary>A line of bounded length: a message is for logs, and whoever answered may wish to write more into them.</summary>
    private static string? Plain(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var line = string.Create(Math.Min(text.Length, LongestMessage), text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
        return text.Length > LongestMessage ? $"{line}..." : line;
    }
}
