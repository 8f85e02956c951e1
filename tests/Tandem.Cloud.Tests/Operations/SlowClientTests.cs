using System.Net.Sockets;
using System.Text;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Operations;

/// <summary>Clients that hold a connection and send nothing, or next to nothing.</summary>
public class SlowClientTests(TrainedRuns runs)
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private static readonly string[] _beginnings =
    [
        "POST /v1/candidates HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nTandem-Device: d\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n",
        "POST /v1/candidates HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    ];

    [Fact]
    public async Task Who_sends_too_slowly_is_told_so_and_nobody_waits_for_it()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Limits = new() { Deadline = TimeSpan.FromMinutes(1) } });
        using var stop = new CancellationTokenSource(_longest);
        var slow = Enumerable.Range(0, 60).Select(
            i => HoldAsync(service.Client.BaseAddress!, _beginnings[i % _beginnings.Length], stop.Token)).ToArray();
        var request = new CandidateRequest { CatalogVersion = runs.Dataset.Catalog.Version, History = [3, 1, 4], Count = 5 };
        await service.PostAsync("v1/candidates", request).JsonAsync();
        Assert.All(await Task.WhenAll(slow), answer => Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal));
        await service.PostAsync("v1/candidates", request).JsonAsync();
    }

    /// <summary>Sends a byte a second after the beginning until the service ends the connection.</summary>
    private static async Task<string> HoldAsync(Uri address, string beginning, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, stop);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), stop);
        var dripping = DripAsync();
        var answer = new byte[8_192];
        var read = await stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, stop);
        client.Client.Dispose();
        await dripping;
        return Encoding.ASCII.GetString(answer, 0, read);

        async Task DripAsync()
        {
            try
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), stop);
                    await stream.WriteAsync("1"u8.ToArray(), stop);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The service, or this test, has closed.
            }
        }
    }
}
