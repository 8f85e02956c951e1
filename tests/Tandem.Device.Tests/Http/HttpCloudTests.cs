using System.IO.Compression;
using System.Text.Json;
using Tandem.Device.Http;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.Tests.Http;

/// <summary>What is sent, and what becomes of well-formed answers.</summary>
public sealed class HttpCloudTests
{
    public const string List =
        """{"catalogVersion":"catalogue-a","modelVersion":"m","historyLength":2,"items":[7,9],"scores":[-1,-2]}""";

    public static readonly CandidateRequest Request = new() { CatalogVersion = "catalogue-a", History = [3, 5], Count = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int, CloudFaultKind> Statuses => new()
    {
        { 201, CloudFaultKind.Failed }, { 204, CloudFaultKind.Failed }, { 302, CloudFaultKind.Failed }, { 307, CloudFaultKind.Failed },
        { 400, CloudFaultKind.Refused }, { 401, CloudFaultKind.Denied }, { 403, CloudFaultKind.Denied }, { 404, CloudFaultKind.Refused },
        { 405, CloudFaultKind.Refused }, { 408, CloudFaultKind.Busy }, { 409, CloudFaultKind.Refused }, { 413, CloudFaultKind.Refused },
        { 415, CloudFaultKind.Refused }, { 418, CloudFaultKind.Refused }, { 422, CloudFaultKind.Refused }, { 425, CloudFaultKind.Busy },
        { 429, CloudFaultKind.Busy }, { 500, CloudFaultKind.Failed }, { 501, CloudFaultKind.NotOffered },
        { 502, CloudFaultKind.Unreachable },
        { 503, CloudFaultKind.Busy }, { 504, CloudFaultKind.Busy }, { 507, CloudFaultKind.Failed },
    };

    public static TheoryData<CloudFaultKind> Kinds => [.. Enum.GetValues<CloudFaultKind>()];

    [Fact]
    public async Task A_request_says_who_asks_what_and_how_long_it_waits()
    {
        await using var server = new RawServer(_ => RawServer.Json(List));
        using var client = new HttpClient { BaseAddress = new(server.Address, "shop") };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1", Key = "k.e-y", CandidateDeadline = TimeSpan.FromSeconds(2.5) });
        var answer = await cloud.GetCandidatesAsync(Request with { Values = [1, 0.5f] }, Cancel);
        Assert.Equal([7, 9], answer.Value!.Items);
        var sent = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/shop/v1/candidates"), (sent.Method, sent.Path));
        Assert.Equal("Bearer k.e-y", sent.Headers["Authorization"]);
        Assert.Equal("phone-1", sent.Headers["Tandem-Device"]);
        Assert.Equal("2500", sent.Headers["Tandem-Deadline"]);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal("""{"catalogVersion":"catalogue-a","history":[3,5],"values":[1,0.5],"count":2}""", sent.Text);
    }

    [Fact]
    public async Task Weights_and_receipts_come_by_addresses_of_their_own()
    {
        await using var server = new RawServer(request => RawServer.Json(
            request.Path == "/v1/parameters" ? """{"packet":"AQID"}""" : """{"added":1,"known":1}"""));
        using var client = new HttpClient { BaseAddress = server.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1" });
        var weights = await cloud.GetParametersAsync(new() { CatalogVersion = "c", ModelVersion = "1", History = [3] }, Cancel);
        Assert.Equal([1, 2, 3], weights.Value!.Packet);
        var receipt = await cloud.SendEventsAsync(Batch("a", "b"), Cancel);
        Assert.Equal(new EventReceipt { Added = 1, Known = 1 }, receipt.Value);
        Assert.Equal(["/v1/parameters", "/v1/events"], server.Requests.Select(request => request.Path));
        Assert.DoesNotContain(server.Requests, request => request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_key_that_changes_is_asked_for_before_every_request()
    {
        await using var server = new RawServer(_ => RawServer.Json(List));
        using var client = new HttpClient { BaseAddress = server.Address };
        var n = 0;
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1", KeyProvider = _ => ValueTask.FromResult($"token{++n}") });
        await cloud.GetCandidatesAsync(Request, Cancel);
        await cloud.GetCandidatesAsync(Request, Cancel);
        Assert.Equal(["Bearer token1", "Bearer token2"], server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_status_without_the_services_words_is_a_kind(int status, CloudFaultKind expected)
    {
        await using var server = new RawServer(_ => RawServer.Answer(status, "text/html", "<h1>proxy</h1>"u8));
        var fault = await FaultAsync(server);
        Assert.Equal(expected, fault.Kind);
        Assert.Contains($"{status}", fault.Message, StringComparison.Ordinal);
        if (status is > 300 and < 400) Assert.Contains("redirects", fault.Message, StringComparison.Ordinal);
        Assert.Null(fault.RetryAfterSeconds);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_services_own_kind_stands_before_the_status(CloudFaultKind kind)
    {
        var name = kind == CloudFaultKind.Other ? "later" : JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        await using var server = new RawServer(_ => RawServer.Problem(
            400, $$"""{"type":"about:blank","title":"T","status":400,"detail":"why\nnot","code":"a.b","kind":"{{name}}","retryAfterSeconds":1.5}"""));
        Assert.Equal(new CloudFault { Kind = kind, Message = "why not", RetryAfterSeconds = 1.5 }, await FaultAsync(server));
    }

    [Theory]
    [InlineData("12", 12.0)]
    [InlineData("Sun, 09 Sep 2001 01:47:10 GMT", 30.0)]
    [InlineData("Sun, 09 Sep 2001 01:46:10 GMT", 0.0)]
    [InlineData("soon", null)]
    public async Task A_header_may_say_when_to_ask_again(string value, double? seconds)
    {
        await using var server = new RawServer(_ => RawServer.Answer(503, null, [], $"Retry-After: {value}"));
        Assert.Equal(seconds, (await FaultAsync(server, options => options with { Time = new ManualTime() })).RetryAfterSeconds);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"kind":7}""")]
    [InlineData("""{"retryAfterSeconds":"never"}""")]
    public async Task A_refusal_that_cannot_be_read_is_told_by_its_status(string body)
    {
        await using var server = new RawServer(_ => RawServer.Problem(429, body, "Retry-After: 3"));
        var fault = await FaultAsync(server);
        Assert.Equal((CloudFaultKind.Busy, 3.0), (fault.Kind, fault.RetryAfterSeconds));
    }

    [Fact]
    public async Task A_long_refusal_is_cut()
    {
        await using var server = new RawServer(
            _ => RawServer.Problem(400, $$"""{"detail":"{{new string('x', 5_000)}}","kind":"refused"}"""));
        Assert.InRange((await FaultAsync(server)).Message.Length, 100, 400);
    }

    [Fact]
    public async Task A_long_request_is_compressed_where_that_is_asked_for_and_a_short_one_is_not()
    {
        await using var server = new RawServer(_ => RawServer.Json(List));
        using var client = new HttpClient { BaseAddress = server.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1", CompressRequests = true });
        var longer = Request with { History = [.. Enumerable.Range(0, 1_000).Select(i => 1 + i % 7)] };
        await cloud.GetCandidatesAsync(longer, Cancel);
        await cloud.GetCandidatesAsync(Request, Cancel);
        var (first, second) = (server.Requests.First(), server.Requests.Last());
        Assert.Equal("gzip", first.Headers["Content-Encoding"]);
        Assert.InRange(first.Body.Length, 1, JsonSerializer.SerializeToUtf8Bytes(longer, MessageJson.Default.CandidateRequest).Length - 1);
        using var plain = new GZipStream(new MemoryStream(first.Body), CompressionMode.Decompress);
        Assert.Equal(longer.History, JsonSerializer.Deserialize(plain, MessageJson.Default.CandidateRequest)!.History);
        Assert.False(second.Headers.ContainsKey("Content-Encoding"));
    }

    [Fact]
    public async Task What_the_cloud_could_never_answer_is_not_sent()
    {
        await using var server = new RawServer(_ => RawServer.Json(List));
        using var client = new HttpClient { BaseAddress = server.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1" });
        Assert.Equal(CloudFaultKind.Refused, (await cloud.GetCandidatesAsync(Request with { Count = 0 }, Cancel)).Fault!.Kind);
        var noNumber = Request with { Values = [1, float.NaN] };
        Assert.Equal(CloudFaultKind.Refused, (await cloud.GetCandidatesAsync(noNumber, Cancel)).Fault!.Kind);
        Assert.Equal(CloudFaultKind.Refused, (await cloud.SendEventsAsync(Batch("a", "a"), Cancel)).Fault!.Kind);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_callers_cancellation_alone_is_thrown()
    {
        await using var server = new RawServer((_, _, end) => Task.Delay(Timeout.Infinite, end));
        using var client = new HttpClient { BaseAddress = server.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1" });
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cloud.GetCandidatesAsync(Request, soon.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cloud.GetCandidatesAsync(Request, soon.Token));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nHost: evil")]
    [InlineData("a\n")]
    [InlineData("ä")]
    [InlineData("\0")]
    [InlineData("")]
    public void A_device_or_key_that_could_end_a_header_is_refused_unquoted(string text)
    {
        using var client = new HttpClient { BaseAddress = new("https://cloud.example/") };
        var device = Assert.Throws<ArgumentException>(() => new HttpCloud(client, new() { DeviceId = text }));
        Assert.Contains("visible ASCII", device.Message, StringComparison.Ordinal);
        var key = Assert.Throws<ArgumentException>(() => new HttpCloud(client, new() { DeviceId = "d", Key = text + "s3cret\n" }));
        Assert.DoesNotContain("s3cret", key.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_the_settings_is_named_at_once()
    {
        using var client = new HttpClient { BaseAddress = new("https://cloud.example/") };
        var refused = Assert.Throws<ArgumentException>(() => new HttpCloud(client, new()
        {
            DeviceId = new string('d', 129),
            Key = "k",
            KeyProvider = _ => ValueTask.FromResult("k"),
            CandidateDeadline = TimeSpan.Zero,
            MostListBytes = 0,
            BundleKey = "no key",
        }));
        foreach (var word in new[] { "device id", "both set", "candidate deadline", "list bytes", "bundle key" })
            Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ftp://cloud.example/")]
    [InlineData("https://me:s3cret@cloud.example/")]
    [InlineData("https://cloud.example/?key=s3cret")]
    public void An_address_that_is_none_is_refused(string? address)
    {
        using var client = new HttpClient { BaseAddress = address is null ? null : new(address) };
        var refused = Assert.Throws<ArgumentException>(() => new HttpCloud(client, new() { DeviceId = "d" }));
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_provider_without_a_key_is_a_fault_that_quotes_nothing(bool throws)
    {
        await using var server = new RawServer(_ => RawServer.Json(List));
        var fault = await FaultAsync(server, options => options with
        {
            KeyProvider = _ => throws ? throw new InvalidOperationException("s3cret") : ValueTask.FromResult("s3cret\r\nX: y"),
        });
        Assert.Equal(CloudFaultKind.Denied, fault.Kind);
        Assert.DoesNotContain("s3cret", fault.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    internal static async Task<CloudFault> FaultAsync(
        RawServer server, Func<HttpCloudOptions, HttpCloudOptions>? change = null, HttpMessageHandler? handler = null)
    {
        using var client = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        var options = new HttpCloudOptions { DeviceId = "phone-1", CandidateDeadline = TimeSpan.FromSeconds(30) };
        var answer = await new HttpCloud(client, change?.Invoke(options) ?? options).GetCandidatesAsync(Request, Cancel);
        Assert.Null(answer.Value);
        return answer.Fault!;
    }

    internal static EventBatch Batch(params string[] ids) => new()
    {
        CatalogVersion = "catalogue-a",
        Events = [.. ids.Select(id => new ReportedEvent { Id = id, Item = 3, Time = 7 })],
    };
}
