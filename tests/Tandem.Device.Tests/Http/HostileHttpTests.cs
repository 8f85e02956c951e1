using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Device.Http;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.Tests.Http;

/// <summary>Servers that are slow, break off, never end, or lie.</summary>
public sealed class HostileHttpTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Garbage => new(
        "", " ", "null", "[]", "7", "{", "hello", "\uFEFF{}", "{}",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7],"scores":[-1]}x""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7],"scores":[NaN]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7],"scores":["NaN"]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7],"scores":[1e999]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[99999999999],"scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":-2,"items":[7],"scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7,7],"scores":[-1,-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7,8],"scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":null,"scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":"7","scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2.5,"items":[7],"scores":[-1]}""",
        """{"catalogVersion":"c","catalogVersion":"d","modelVersion":"m","historyLength":2,"items":[7],"scores":[-1]}""",
        """{"catalogVersion":"c","modelVersion":"m","historyLength":2,"items":[7],"scores":[-1],"slice":"!"}""",
        """{"modelVersion":"m","historyLength":2,"items":[7],"scores":[-1]}""",
        new string('[', 100_000),
        "{\"a\":" + new string('[', 100_000));

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task What_is_no_list_is_one_fault(string body)
    {
        await using var server = new RawServer(_ => RawServer.Json(body));
        var fault = await HttpCloudTests.FaultAsync(server);
        Assert.Equal(CloudFaultKind.Failed, fault.Kind);
        Assert.InRange(fault.Message.Length, 1, 300);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task A_page_in_place_of_an_answer_is_a_fault(string? type)
    {
        await using var server = new RawServer(_ => RawServer.Answer(200, type, Encoding.UTF8.GetBytes(HttpCloudTests.List)));
        var fault = await HttpCloudTests.FaultAsync(server);
        Assert.Equal(CloudFaultKind.Failed, fault.Kind);
        Assert.Contains("something else is at this address", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_the_cloud_is_unreachable()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/") };
        var answer = await new HttpCloud(client, new() { DeviceId = "d" }).GetCandidatesAsync(HttpCloudTests.Request, Cancel);
        Assert.Equal(CloudFaultKind.Unreachable, answer.Fault!.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData(Head + "Content-Length: 100\r\n\r\n{\"catalog")]
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"cat\r\n")]
    [InlineData("hello\r\n\r\n")]
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task A_connection_that_breaks_off_is_no_answer(string sent)
    {
        await using var server = new RawServer(_ => Encoding.ASCII.GetBytes(sent));
        Assert.Equal(CloudFaultKind.Unreachable, (await HttpCloudTests.FaultAsync(server)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Head + "Content-Length: 100\r\n\r\n{\"cat")]
    public async Task The_deadline_holds_until_the_last_byte(string sent)
    {
        await using var server = new RawServer(async (_, stream, end) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(sent), end);
            await Task.Delay(Timeout.Infinite, end);
        });
        var fault = await HttpCloudTests.FaultAsync(server, options => options with { CandidateDeadline = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(CloudFaultKind.Unreachable, fault.Kind);
        Assert.Contains("within 0.3 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_own_timeout_is_no_answer_either()
    {
        await using var server = new RawServer((_, _, end) => Task.Delay(Timeout.Infinite, end));
        using var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMilliseconds(300) };
        var answer = await new HttpCloud(client, new() { DeviceId = "d" }).GetCandidatesAsync(HttpCloudTests.Request, Cancel);
        Assert.Equal(CloudFaultKind.Unreachable, answer.Fault!.Kind);
    }

    [Fact]
    public async Task A_body_without_end_is_left_where_it_is_too_long()
    {
        var written = 0L;
        await using var server = new RawServer(async (_, stream, end) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Connection: close\r\n\r\n"), end);
            var spaces = new byte[65_536];
            spaces.AsSpan().Fill((byte)' ');
            while (true)
            {
                await stream.WriteAsync(spaces, end);
                Interlocked.Add(ref written, spaces.Length);
            }
        });
        var fault = await HttpCloudTests.FaultAsync(server, options => options with { MostListBytes = 1_000_000 });
        Assert.Equal(CloudFaultKind.Failed, fault.Kind);
        Assert.Contains("more than 1000000 bytes", fault.Message, StringComparison.Ordinal);
        Assert.InRange(Interlocked.Read(ref written), 0, 50_000_000); // what lay in the buffers between
    }

    [Fact]
    public async Task A_length_that_is_too_long_is_not_even_begun()
    {
        await using var server = new RawServer(async (_, stream, end) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 100000000000\r\n\r\n"), end);
            await Task.Delay(Timeout.Infinite, end);
        });
        Assert.Equal(CloudFaultKind.Failed, (await HttpCloudTests.FaultAsync(server)).Kind);
    }

    [Fact]
    public async Task The_limit_is_of_decompressed_bytes()
    {
        var bomb = Compress(new byte[200_000_000]);
        await using var server = new RawServer(_ => RawServer.Answer(200, "application/json", bomb, "Content-Encoding: gzip"));
        var fault = await HttpCloudTests.FaultAsync(server, handler: Decompressing());
        Assert.Equal(CloudFaultKind.Failed, fault.Kind);
        Assert.Contains("more than 4000000 bytes", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_or_cut_compressed_answer_is_a_fault(bool isCut)
    {
        var bytes = Compress(Encoding.UTF8.GetBytes(HttpCloudTests.List));
        if (isCut) bytes = bytes[..^12];
        else bytes[15] ^= 0xFF;
        await using var server = new RawServer(_ => RawServer.Answer(200, "application/json", bytes, "Content-Encoding: gzip"));
        Assert.Equal(CloudFaultKind.Failed, (await HttpCloudTests.FaultAsync(server, handler: Decompressing())).Kind);
    }

    [Fact]
    public async Task A_compressed_answer_is_read_where_the_handler_decompresses()
    {
        var bytes = Compress(Encoding.UTF8.GetBytes(HttpCloudTests.List));
        await using var server = new RawServer(_ => RawServer.Answer(200, "application/json", bytes, "Content-Encoding: gzip"));
        using var client = new HttpClient(Decompressing()) { BaseAddress = server.Address };
        Assert.True((await new HttpCloud(client, new() { DeviceId = "d" }).GetCandidatesAsync(HttpCloudTests.Request, Cancel)).HasValue);
    }

    [Fact]
    public async Task A_receipt_that_does_not_add_up_is_a_fault()
    {
        await using var server = new RawServer(_ => RawServer.Json("""{"added":1,"known":0}"""));
        using var client = new HttpClient { BaseAddress = server.Address };
        var answer = await new HttpCloud(client, new() { DeviceId = "d" }).SendEventsAsync(HttpCloudTests.Batch("a", "b"), Cancel);
        Assert.Equal(CloudFaultKind.Failed, answer.Fault!.Kind);
    }

    [Fact]
    public async Task What_a_handler_throws_is_told_by_its_type()
    {
        await using var server = new RawServer(_ => []);
        var fault = await HttpCloudTests.FaultAsync(server, handler: new ThrowingHandler());
        Assert.Equal(CloudFaultKind.Unreachable, fault.Kind);
        Assert.Contains(nameof(InvalidOperationException), fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.Message, StringComparison.Ordinal);
    }

    private static SocketsHttpHandler Decompressing() => new() { AutomaticDecompression = DecompressionMethods.GZip };

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return compressed.ToArray();
    }

    private sealed class ThrowingHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("s3cret");
    }
}
