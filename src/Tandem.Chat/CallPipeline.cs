using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Tandem.Chat.Calls;
using Tandem.Data;

namespace Tandem.Chat;

/// <summary>Calls again after faults that may pass, and no calls for a while after too many.</summary>
internal static class CallPipeline
{
    private const double FailureShare = 0.5;
    private const int LeastCalls = 10;
    private static readonly TimeSpan _sampled = TimeSpan.FromSeconds(30);

    public static ResiliencePipeline<ChatAttempt> Of(ChatRankingOptions options, TimeProvider time)
    {
        var pipeline = new ResiliencePipelineBuilder<ChatAttempt> { TimeProvider = time };
        if (options.Retries > 0) pipeline.AddRetry(Retry(options));
        if (options.Pause is { } pause) pipeline.AddCircuitBreaker(Breaker(pause));
        return pipeline.Build();
    }

    private static RetryStrategyOptions<ChatAttempt> Retry(ChatRankingOptions options)
    {
        var (random, drawing) = (NamedSeed.Create(options.Seed ?? 1, "chat retries"), new Lock());
        return new()
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { IsTransient: true }),
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryDelay,
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
            Randomizer = Draw,
        };

        double Draw()
        {
            lock (drawing) return random.NextDouble();
        }
    }

    /// <summary>An answer without numbers comes from a server that works, and a budget that is used up says nothing of it.</summary>
    private static CircuitBreakerStrategyOptions<ChatAttempt> Breaker(TimeSpan pause) => new()
    {
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Outcome.Result is { Fault: not (null or ChatFault.Invalid or ChatFault.Budget) }),
        FailureRatio = FailureShare,
        MinimumThroughput = LeastCalls,
        SamplingDuration = _sampled,
        BreakDuration = pause,
    };
}
