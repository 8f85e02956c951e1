using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Cli.Service;

/// <summary>What no device sends: each drawn by its number, so that one which met a fault can be sent again.</summary>
/// <param name="catalog">Of the service's items.</param>
/// <param name="address">Of the service.</param>
/// <param name="key">An operator's: what operators alone may send is tried with it, too.</param>
/// <param name="seed">Of the draws.</param>
internal sealed class HostileRequests(Catalog catalog, Uri address, string key, int seed)
{
    private const int LongestText = 20_000, DeepestJson = 5_000;

    private static readonly string[] _paths =
        [
        "v1/candidates", "v1/parameters", "v1/events", "v1/models/default", "v1/models/default/rollback", "v1/nothing",
        "v1/bundles/default", "v1/items/unavailable", "v1/assignment", "v1/codes", "v1/explain", "v1/experiments/a",
    ];

    private static readonly string[] _places =
    [
        "v1/bundles/..%2f..%2fetc%2fpasswd", "v1/bundles/default/1/..%2f..%2frun.json", "v1/bundles/%00", "v1/bundles/default/%F0%9F%A6%8A",
        "%2e%2e/%2e%2e/etc/passwd", "v1//candidates", "openapi/v1.json", "health/ready", "v1/models", "v1/apps/a/devices/%00",
        "v1/assignment", "v1/codes?model=%00", "v1/explain?item=%ED%A0%80", "v1/explain?item=&model=a&item=b", "v1/explain?item=%00",
        "v1/events?after=1e9", "v1/events?after=-9223372036854775809", "v1/events?after=9223372036854775807", "v1/experiments",
        "v1/experiments/%F0%9F%A6%8A", "v1/items/unavailable", "v1/apps/default/devices/%20",
    ];

    private static readonly string[] _numbers =
        [
        "-1", "0", "1e999", "-1e999", "2147483648", "9223372036854775808", "1.5", "\"1\"", "null", "true", "[]", "{}", "NaN", "00",
        "1e-999",
    ];

    private static readonly string[] _texts =
        [
        "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\uFEFF\"", "\"' OR 1=1; DROP TABLE events; --\"", "\"../../etc/passwd\"",
        "\"\\u202Eabc\"", "7",
    ];

    /// <summary>One of them.</summary>
    public HttpRequestMessage Make(long number)
    {
        var random = NamedSeed.Create(seed, "hostile", (int)number);
        if (random.Next(10) == 0)
        {
            var at = new HttpRequestMessage(
                random.Next(2) == 0 ? HttpMethod.Get : HttpMethod.Delete, _places[random.Next(_places.Length)]);
            Sign(random, at);
            return at;
        }

        var path = _paths[random.Next(_paths.Length)];
        var method = random.Next(50) == 0 ? HttpMethod.Put : HttpMethod.Post;
        var message = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Body(random, path)) };
        message.Content.Headers.ContentType = random.Next(20) == 0 ? new("text/plain") : new MediaTypeHeaderValue("application/json");
        if (random.Next(5) == 0) message.Headers.TryAddWithoutValidation("Tandem-Deadline", _numbers[random.Next(_numbers.Length)]);
        Sign(random, message);
        return message;
    }

    private void Sign(Random random, HttpRequestMessage message)
    {
        message.Headers.TryAddWithoutValidation("Tandem-Device", Device(random));
        var shown = random.Next(10) switch
        {
            0 => Word(random, random.Next(1, 200)),
            < 4 => key,
            _ => null,
        };
        if (shown is not null) message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {shown}");
    }

    /// <summary>Bytes that are no HTTP, or not all of it.</summary>
    public async Task SendRawAsync(long number)
    {
        var random = NamedSeed.Create(seed, "raw", (int)number);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port).ConfigureAwait(false);
            await client.GetStream().WriteAsync(Raw(random)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The service closed first, as it should.
        }
    }

    private static byte[] Raw(Random random)
    {
        var garbage = new byte[random.Next(1, 4_000)];
        random.NextBytes(garbage);
        return random.Next(4) switch
        {
            0 => garbage,
            1 => Encoding.ASCII.GetBytes("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{\"events\":["),
            2 => Encoding.ASCII.GetBytes($"POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Word(random, 8)}\r\n"),
            _ => Encoding.ASCII.GetBytes($"GET /{Word(random, 9_000)} HTTP/1.1\r\nHost: a\r\nX: {Word(random, 40_000)}\r\n\r\n"),
        };
    }

    private byte[] Body(Random random, string path)
    {
        switch (random.Next(6))
        {
            case 0:
                var garbage = new byte[random.Next(0, 2_000)];
                random.NextBytes(garbage);
                return garbage;
            case 1:
                return Encoding.ASCII.GetBytes(new string(random.Next(2) == 0 ? '[' : '{', random.Next(1, DeepestJson)));
            case 2:
                return Encoding.UTF8.GetBytes($$"""{"{{Word(random, 5)}}":{{Nested(random.Next(1, DeepestJson))}}}""");
            case 3:
                return Changed(random, Valid(random, path));
            default:
                return Encoding.UTF8.GetBytes(Wrong(random, path));
        }
    }

    /// <summary>The right members with wrong values.</summary>
    private string Wrong(Random random, string path)
    {
        string N() => _numbers[random.Next(_numbers.Length)];
        string T() => random.Next(4) == 0 ? JsonSerializer.Serialize(Word(random, random.Next(LongestText))) : _texts[random.Next(
            _texts.Length)];
        string List(Func<string> one) => $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => one()))}]";
        var version = random.Next(2) == 0 ? T() : $"\"{catalog.Version}\"";
        var e = $$"""{"id":{{T()}},"item":{{N()}},"time":{{N()}},"value":{{N()}}}""";
        if (path == "v1/events") return $$"""{"catalogVersion":{{version}},"events":[{{e}}]}""";
        var rules = $$"""{"diversity":{{N()}},"without":{{List(T)}}}""";
        var coded = $$"""{"version":{{T()}},"codes":{{List(N)}}}""";
        if (path == "v1/items/unavailable") return $$"""{"unavailable":{{List(T)}},"available":{{List(T)}}}""";
        if (random.Next(5) == 0) return $$"""{"catalogVersion":{{version}},"modelVersion":{{T()}},"coded":{{coded}},"count":{{N()}}}""";
        var more = $$""" "times":{{List(N)}},"run":{{T()}},"rules":{{rules}},"model":{{T()}},"includeSeen":{{N()}}""";
        return $$"""{"catalogVersion":{{version}},"modelVersion":{{T()}},"history":{{List(N)}},"count":{{N()}},{{more}}}""";
    }

    private byte[] Valid(Random random, string path) => path == "v1/events"
        ? JsonSerializer.SerializeToUtf8Bytes(
            new EventBatch { CatalogVersion = catalog.Version, Events = [new() { Id = Word(random, 8), Item = 1, Time = 1 }] },
            MessageJson.Default.EventBatch)
        : JsonSerializer.SerializeToUtf8Bytes(
            new CandidateRequest { CatalogVersion = catalog.Version, History = [1, 2, 3], Count = 10 },
            MessageJson.Default.CandidateRequest);

    private static byte[] Changed(Random random, byte[] body)
    {
        for (var i = random.Next(1, 4); i > 0; i--) body[random.Next(body.Length)] = (byte)random.Next(256);
        return random.Next(3) == 0 ? body[..random.Next(body.Length)] : body;
    }

    private static string Nested(int depth) => new StringBuilder().Append('[', depth).Append(']', depth).ToString();

    private static string Device(Random random) => random.Next(4) switch
    {
        0 => "",
        1 => Word(random, random.Next(1, 4_000)),
        2 => "device 1\tü",
        _ => $"device-{random.Next(1_000)}",
    };

    private static string Word(Random random, int length)
    {
        var text = new char[length];
        foreach (ref var c in text.AsSpan()) c = (char)random.Next('a', 'z' + 1);
        return new(text);
    }
}
