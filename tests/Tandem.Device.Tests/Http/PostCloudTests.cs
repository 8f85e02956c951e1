using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tandem.Device.Http;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests.Http;

/// <summary>A device hears the same whether .NET's HTTP brought an answer or a program's own did.</summary>
public class PostCloudTests
{
    private const string List = """{"catalogVersion":"c","modelVersion":"m","historyLength":1,"items":[3,1],"scores":[-1,-2]}""";

    private static readonly CandidateRequest _request = new() { CatalogVersion = "c", History = [7], Count = 2 };
    private static readonly EventBatch _batch = new() { CatalogVersion = "c", Events = [new() { Id = "one", Item = 7, Time = 5 }] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, List)]
    [InlineData(200, """{"catalogVersion":"c","modelVersion":"m","historyLength":1,"items":[3,3],"scores":[-1,-2]}""")]
    [InlineData(200, """{"catalogVersion":"c"}""")]
    [InlineData(200, "null")]
    [InlineData(200, "<html>")]
    [InlineData(204, "")]
    [InlineData(301, "")]
    [InlineData(401, """{"detail":"the key is unknown","kind":"denied"}""")]
    [InlineData(404, """{"title":"no such model","kind":"notFound"}""")]
    [InlineData(409, """{"detail":"another catalogue","kind":"refused"}""")]
    [InlineData(429, """{"detail":"too many","kind":"busy","retryAfterSeconds":2.5}""", 3)]
    [InlineData(503, "busy", 12)]
    [InlineData(501, "")]
    [InlineData(502, "{")]
    [InlineData(500, """{"detail":7}""")]
    public async Task Answers_come_to_the_same(int status, string body, int? retryAfter = null)
    {
        var post = await Post(status, body, retryAfter).GetCandidatesAsync(_request, Cancel);
        using var client = Client(status, body, retryAfter);
        var http = await new HttpCloud(client, new() { DeviceId = "device" }).GetCandidatesAsync(_request, Cancel);
        Assert.Equal(http.Fault, post.Fault);
        Assert.Equal(http.Value?.Items, post.Value?.Items);
        Assert.Equal(status == 200 && body == List, post.HasValue);
    }

    [Theory]
    [InlineData("""{"added":1,"known":0}""", true)]
    [InlineData("""{"added":1,"known":1}""", false)]
    [InlineData("""{"added":1}""", false)]
    public async Task A_receipt_is_of_what_was_sent(string body, bool isOne)
    {
        var answer = await Post(200, body, retryAfter: null).SendEventsAsync(_batch, Cancel);
        Assert.Equal(isOne, answer.HasValue);
        Assert.Equal(isOne ? null : CloudFaultKind.Failed, answer.Fault?.Kind);
    }

    [Fact]
    public async Task What_is_posted_is_the_message_at_the_services_path()
    {
        var posted = new List<(string Path, string Body)>();
        var cloud = new PostCloud((path, body, _) =>
        {
            posted.Add((path, Encoding.UTF8.GetString(body.Span)));
            return new((PostReply?)null);
        });
        var list = await cloud.GetCandidatesAsync(_request, Cancel);
        var receipt = await cloud.SendEventsAsync(_batch, Cancel);
        Assert.Equal((CloudFaultKind.Unreachable, CloudFaultKind.Unreachable), (list.Fault!.Kind, receipt.Fault!.Kind));
        Assert.Equal(
            [
                ("v1/candidates", JsonSerializer.Serialize(_request, MessageJson.Default.CandidateRequest)),
                ("v1/events", JsonSerializer.Serialize(_batch, MessageJson.Default.EventBatch)),
            ],
            posted);
    }

    [Fact]
    public async Task What_no_service_takes_is_not_posted_and_what_is_too_long_not_read()
    {
        var bad = await Post(200, List, retryAfter: null).GetCandidatesAsync(_request with { Count = 0 }, Cancel);
        Assert.StartsWith("not sent: count is 0", bad.Fault!.Message, StringComparison.Ordinal);
        var cloud = new PostCloud((_, _, _) => new(new PostReply(200, new byte[PostCloud.MostBytes + 1])));
        var late = await cloud.GetCandidatesAsync(_request, Cancel);
        Assert.Equal((CloudFaultKind.Failed, "the answer has more than 4000000 bytes"), (late.Fault!.Kind, late.Fault.Message));
    }

    private static PostCloud Post(int status, string body, int? retryAfter) =>
        new((_, _, _) => new(new PostReply(status, Encoding.UTF8.GetBytes(body), retryAfter)));

    private static HttpClient Client(int status, string body, int? retryAfter) =>
        new(new Answering(status, body, retryAfter)) { BaseAddress = new("http://cloud.example") };

    private sealed class Answering(int status, string body, int? retryAfter) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var type = status == 200 ? "application/json" : "application/problem+json";
            var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, null, type) };
            if (retryAfter is { } seconds) answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
            return Task.FromResult(answer);
        }
    }
}
