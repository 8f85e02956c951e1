using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Tests;

/// <summary>A request as it came in.</summary>
internal sealed record RawRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>
/// A server on a bare socket, which answers what a test writes, well formed or not. One request a connection, each closed when its answer
/// is written.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<RawRequest, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    /// <param name="answer">Writes the answer, in whatever pieces; called for each request at once.</param>
    public RawServer(Func<RawRequest, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <param name="answer">The bytes of an answer.</param>
    public RawServer(Func<RawRequest, byte[]> answer)
        : this((request, stream, end) => stream.WriteAsync(answer(request), end).AsTask())
    {
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public ConcurrentQueue<RawRequest> Requests { get; } = [];

    /// <summary>A whole answer.</summary>
    public static byte[] Answer(int status, string? type, ReadOnlySpan<byte> body, params ReadOnlySpan<string> headers)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {body.Length}\r\n");
        if (type is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\n");
        foreach (var header in headers) head.Append(CultureInfo.InvariantCulture, $"{header}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>An answer of JSON.</summary>
    public static byte[] Json(string json, params ReadOnlySpan<string> headers) =>
        Answer(200, "application/json", Encoding.UTF8.GetBytes(json), headers);

    /// <summary>A refusal in the service's words.</summary>
    public static byte[] Problem(int status, string json, params ReadOnlySpan<string> headers) =>
        Answer(status, "application/problem+json", Encoding.UTF8.GetBytes(json), headers);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await _answer(request, stream, _end.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                await Drain(stream);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    /// <summary>Waits until the other side is done too: a socket that is closed with bytes unread resets the connection.</summary>
    private async Task Drain(NetworkStream stream)
    {
        var rest = new byte[4_096];
        while (await stream.ReadAsync(rest, _end.Token) > 0)
        {
        }
    }

    private async Task<RawRequest> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0) throw new IOException("no request");
            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(
            pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new(lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers, body);
    }
}
