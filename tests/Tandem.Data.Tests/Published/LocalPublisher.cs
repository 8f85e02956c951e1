using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Data.Tests.Published;

/// <summary>A web server on this machine that serves files with ranges and entity tags, and misbehaves when told to.</summary>
internal sealed class LocalPublisher : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    public LocalPublisher()
    {
        Root = new($"http://127.0.0.1:{FreePort()}/");
        _listener = new HttpListener();
        _listener.Prefixes.Add(Root.AbsoluteUri);
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Root { get; }

    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    /// <summary>Each request as <c>name range</c>, in order; the range is empty where none was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>After how many bytes the connections to come are cut, one number each; then none is.</summary>
    public ConcurrentQueue<int> Cuts { get; } = [];

    /// <summary>Answers to come in place of the file, one each.</summary>
    public ConcurrentQueue<HttpStatusCode> Refusals { get; } = [];

    public string? Tag { get; set; } = "\"v1\"";

    public void Write(string name, string text) => Files[name] = Encoding.UTF8.GetBytes(text);

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TestContext.Current.CancellationToken);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                Serve(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                if (!_listener.IsListening) return;
            }
        }
    }

    private void Serve(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var name = request.Url!.AbsolutePath.TrimStart('/');
        Requests.Enqueue($"{name} {request.Headers["Range"]}".TrimEnd());
        if (Refusals.TryDequeue(out var refusal) || !Files.TryGetValue(name, out var content))
        {
            response.StatusCode = (int)(refusal == 0 ? HttpStatusCode.NotFound : refusal);
            response.Close();
            return;
        }
        var begin = Begin(request);
        if (Tag is not null) response.Headers["ETag"] = Tag;
        if (begin > 0)
        {
            response.Headers["Content-Range"] = begin < content.Length
            ? $"bytes {begin}-{content.Length - 1}/{content.Length}"
            : $"bytes */{content.Length}";
        }

        response.StatusCode = begin == 0 ? 200 : begin < content.Length ? 206 : 416;
        Send(response, content.AsSpan(Math.Min(begin, content.Length)));
    }

    private int Begin(HttpListenerRequest request) =>
        request.Headers["Range"] is { } range && request.Headers["If-Range"] == Tag
            ? int.Parse(range["bytes=".Length..].TrimEnd('-'))
            : 0;

    private void Send(HttpListenerResponse response, ReadOnlySpan<byte> content)
    {
        response.ContentLength64 = content.Length;
        if (content.Length > 0 && Cuts.TryDequeue(out var length))
        {
            response.OutputStream.Write(content[..length]);
            response.OutputStream.Flush();
            response.Abort();
            return;
        }
        response.OutputStream.Write(content);
        response.Close();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
