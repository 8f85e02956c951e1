using System.Diagnostics;
using System.Net;

namespace Tandem.Cli.Service;

/// <summary>Devices that know several addresses of a service, and send a request again, elsewhere, until it is answered.</summary>
/// <param name="addresses">Of the service.</param>
internal sealed class RetryingLoad(Uri[] addresses) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1), _pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>A silo came back elsewhere.</summary>
    public void Replace(int place, Uri address) => Volatile.Write(ref addresses[place], address);

    /// <summary>Sends until it is stopped.</summary>
    /// <param name="workers">Requests under way at once.</param>
    /// <param name="request">Of a number, with a path alone; the same at each call.</param>
    /// <param name="kept">Is told the numbers of batches of events that were acknowledged.</param>
    /// <param name="stop">Ends it after the requests that are under way.</param>
    /// <returns>Requests, those without an answer in the end, and the longest time to an answer of those that were sent again.</returns>
    public async Task<(long Sent, long Failed, TimeSpan Longest)> RunAsync(
        int workers, Func<long, HttpRequestMessage> request, Action<long> kept, CancellationToken stop)
    {
        var (next, failed, longest, noting) = (-1L, 0L, TimeSpan.Zero, new Lock());
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))).ConfigureAwait(false);
        return (next + 1, failed, longest);

        async Task WorkAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                var clock = Stopwatch.StartNew();
                var (isAnswered, tries) = (false, 0);
                for (; !isAnswered && clock.Elapsed < _patience; tries++)
                {
                    using var message = request(number);
                    isAnswered = await SendAsync(message, (int)((number + tries) % addresses.Length)).ConfigureAwait(false);
                    if (!isAnswered) await Task.Delay(_pause, CancellationToken.None).ConfigureAwait(false);
                    else if (message.RequestUri!.OriginalString.EndsWith("events", StringComparison.Ordinal)) kept(number);
                }

                lock (noting)
                {
                    if (!isAnswered) failed++;
                    else if (tries > 1 && clock.Elapsed > longest) longest = clock.Elapsed;
                }
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> SendAsync(HttpRequestMessage message, int place)
    {
        message.RequestUri = new(Volatile.Read(ref addresses[place]), message.RequestUri!);
        try
        {
            using var answer = await _client.SendAsync(message).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
