using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Tandem.Cli.Service;

/// <summary>Requests of many devices at once: each worker sends the next when it has the answer to the last (a closed loop).</summary>
internal sealed class HttpLoad : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="address">Of the service.</param>
    /// <param name="timeout">Of a request.</param>
    public HttpLoad(Uri address, TimeSpan? timeout = null) => _client = new(
        new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, PooledConnectionLifetime = Timeout.InfiniteTimeSpan })
    {
        BaseAddress = address,
        Timeout = timeout ?? TimeSpan.FromSeconds(30),
    };

    /// <summary>Sends until a number or a time is reached.</summary>
    /// <param name="workers">How many requests are under way at once.</param>
    /// <param name="most">Requests in all.</param>
    /// <param name="length">Longest time.</param>
    /// <param name="request">Of a number, from 0.</param>
    /// <param name="answered">Is told of each answer and its number; may be called by several workers at once. Null for nobody.</param>
    /// <param name="stop">Ends it after the requests that are under way.</param>
    public async Task<LoadFigures> RunAsync(
        int workers, long most, TimeSpan length, Func<long, HttpRequestMessage> request, Action<long, HttpStatusCode>? answered = null,
        CancellationToken stop = default)
    {
        var (next, clock) = (-1L, Stopwatch.StartNew());
        var times = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync))).ConfigureAwait(false);
        return LoadFigures.Of(
            clock.Elapsed, [.. times.SelectMany(own => own.Times)], times.Sum(own => own.Refused), times.Sum(own => own.Unanswered));

        async Task<(List<double> Times, int Refused, int Unanswered)> WorkAsync()
        {
            var (own, refused, unanswered) = (new List<double>(), 0, 0);
            while (!stop.IsCancellationRequested && clock.Elapsed < length
                && Interlocked.Increment(ref next) is var number && number < most)
            {
                var began = Stopwatch.GetTimestamp();
                using var message = request(number);
                if (await SendAsync(message).ConfigureAwait(false) is not { } status)
                {
                    unanswered++;
                    continue;
                }

                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if ((int)status >= 400) refused++;
                answered?.Invoke(number, status);
            }

            return (own, refused, unanswered);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The status of an answer that was read to its end; null where none came.</summary>
    private async Task<HttpStatusCode?> SendAsync(HttpRequestMessage message)
    {
        try
        {
            using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseContentRead).ConfigureAwait(false);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }
}

/// <summary>What a load met.</summary>
/// <param name="PerSecond">Answers.</param>
/// <param name="P50Millis">Half of them came within it.</param>
/// <param name="P99Millis">All but one in a hundred came within it.</param>
/// <param name="Answers">How many.</param>
/// <param name="Refused">Of the answers, those that refuse.</param>
/// <param name="Unanswered">Requests without an answer.</param>
internal sealed record LoadFigures(double PerSecond, double P50Millis, double P99Millis, int Answers, int Refused, int Unanswered)
{
    /// <summary>Requests that did not get what they asked for.</summary>
    public int Faults => Refused + Unanswered;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{PerSecond:0} requests a second, p50 {P50Millis:0.0} ms, p99 {P99Millis:0.0} ms, {Faults} faults");

    public static LoadFigures Of(TimeSpan length, double[] millis, int refused, int unanswered)
    {
        Array.Sort(millis);
        double At(double share) => millis.Length == 0 ? 0 : millis[Math.Min(millis.Length - 1, (int)(share * millis.Length))];
        return new(millis.Length / length.TotalSeconds, At(.5), At(.99), millis.Length, refused, unanswered);
    }
}
