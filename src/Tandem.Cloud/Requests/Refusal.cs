using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tandem.Cloud.Requests;

/// <summary>An answer in place of what was asked for.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Detail">What was wrong with this request, for people; holds nothing of a user's history.</param>
/// <param name="RetryAfter">After which the same request may be answered; null where no time is named.</param>
internal sealed record Refusal(RefusalKind Kind, string Detail, TimeSpan? RetryAfter = null) : IResult
{
    private const string ContentType = "application/problem+json";
    private static readonly TimeSpan _leastWait = TimeSpan.FromMilliseconds(100);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        ServiceMeter.Refusals.Add(1, new KeyValuePair<string, object?>("code", Kind.Code));
        var response = httpContext.Response;
        if (response.HasStarted) return Task.CompletedTask; // nothing can be said any more; the connection ends
        response.StatusCode = Kind.Status;
        var wait = RetryAfter is { } asked ? (asked < _leastWait ? _leastWait : asked) : (TimeSpan?)null;
        if (wait is { } time) // the header knows whole seconds alone
            response.Headers.RetryAfter = Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (Kind.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        return response.WriteAsJsonAsync(
            new Problem($"urn:tandem:{Kind.Code}", Kind.Title, Kind.Status, Detail, Kind.Code, Kind.FaultName, wait?.TotalSeconds),
            ProblemJson.Default.Problem, ContentType, httpContext.RequestAborted);
    }
}
