using System.Globalization;
using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Tandem.Device.DependencyInjection;

/// <summary>
/// What happens to a request between <see cref="Http.HttpCloud"/>, whose deadline holds for all of it, and the network; outermost first:
/// attempts again, a second request beside the first, no request to a service that is down, and an end of the attempt.
/// </summary>
internal static class CloudPipeline
{
    /// <summary>Name of the HttpClient.</summary>
    public const string Name = "tandem";

    // Of the deadline: what is left suffices for another attempt where the first was lost on the way.
    private const double AttemptShare = 0.6;

    // A service that says when to come again means the device: it hears that, and does not sit in here.
    private static readonly TimeSpan _mostWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(0.2);

    // Of five attempts within half a minute half failed: a quarter of a minute without any gives the service room to come back.
    private const int LeastAttempts = 5;
    private const double FailureRatio = 0.5;
    private static readonly TimeSpan _sampled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _break = TimeSpan.FromSeconds(15);

    public static void Build(ResiliencePipelineBuilder<HttpResponseMessage> builder, TandemCloudOptions options)
    {
        if (options.Retries > 0)
        {
            builder.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = _firstDelay,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
                ShouldHandle = args => ValueTask.FromResult(MayRepeat(args.Outcome)),
            });
        }

        if (options.HedgeAfter is { } after) builder.AddHedging(Hedging(after));
        builder.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            MinimumThroughput = LeastAttempts,
            FailureRatio = FailureRatio,
            SamplingDuration = _sampled,
            BreakDuration = _break,
            ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome)),
        });
        builder.AddTimeout(new HttpTimeoutStrategyOptions
        {
            TimeoutGenerator = args => ValueTask.FromResult(AttemptShare * DeadlineOf(args.Context.GetRequestMessage())),
        });
    }

    /// <summary>All calls may be repeated: lists and weights change nothing, and an event counts once by its id.</summary>
    private static bool MayRepeat(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result: { StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable } answer } =>
            answer.Headers.RetryAfter is not { } wait || wait.Delta <= _mostWait,
        { Result: { StatusCode: HttpStatusCode.TooManyRequests } answer } => answer.Headers.RetryAfter?.Delta <= _mostWait,
        _ => false,
    };

    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented } => true,
        _ => false,
    };

    private static HttpHedgingStrategyOptions Hedging(TimeSpan after) => new()
    {
        MaxHedgedAttempts = 1,
        DelayGenerator = args => ValueTask.FromResult(IsForList(args.Context) ? after : Timeout.InfiniteTimeSpan),
        ShouldHandle = static _ => ValueTask.FromResult(false), // failures are the retries'
        ActionGenerator = static args =>
        {
            if (args.PrimaryContext.GetRequestMessage() is not { } request) return null;
            args.ActionContext.SetRequestMessage(Copy(request)); // one that is under way is not to be sent again as it is
            return () => args.Callback(args.ActionContext);
        },
    };

    private static bool IsForList(ResilienceContext context) =>
        context.GetRequestMessage()?.RequestUri?.AbsolutePath.EndsWith("/v1/candidates", StringComparison.Ordinal) == true;

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Content = request.Content, // bytes in memory, which are read anew each time
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var (name, values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    private static TimeSpan DeadlineOf(HttpRequestMessage? request) =>
        request is not null && request.Headers.TryGetValues("Tandem-Deadline", out var values)
            && long.TryParse(values.FirstOrDefault(), CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(milliseconds)
                : Timeout.InfiniteTimeSpan / AttemptShare;
}
