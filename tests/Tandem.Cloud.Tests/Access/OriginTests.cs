using System.Net;
using Tandem.Cloud.Access;

namespace Tandem.Cloud.Tests.Access;

/// <summary>Pages of other origins: what a browser asks before it lets one in, and what it lets it read.</summary>
public class OriginTests(TrainedRuns runs)
{
    private const string Shop = "https://shop.example";
    private const string AllowedOrigin = "Access-Control-Allow-Origin";

    [Theory]
    [InlineData("POST", "v1/candidates")]
    [InlineData("POST", "v1/events")]
    [InlineData("GET", "v1/bundles/default")]
    public async Task A_page_of_a_named_origin_may_send_what_devices_send(string method, string path)
    {
        await using var service = await StartAsync(Shop);
        using var answer = await AskBeforeAsync(service, Shop, method, path);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Shop, Header(answer, AllowedOrigin));
        Assert.Contains(method, Header(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        foreach (var header in (string[])["Authorization", "Content-Type", "Tandem-Device", "Tandem-Deadline", "If-None-Match"])
            Assert.Contains(header, Header(answer, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://shop.example.evil")]
    [InlineData("http://shop.example")]
    [InlineData("null")]
    public async Task Another_origin_gets_no_leave(string origin)
    {
        await using var service = await StartAsync(Shop);
        using var before = await AskBeforeAsync(service, origin, "POST", "v1/candidates");
        Assert.False(before.Headers.Contains(AllowedOrigin));
        using var answer = await PostAsync(service, origin, key: null);
        Assert.False(answer.Headers.Contains(AllowedOrigin));
    }

    [Fact]
    public async Task Without_origins_there_is_no_leave_at_all()
    {
        await using var service = await StartAsync();
        using var before = await AskBeforeAsync(service, Shop, "POST", "v1/candidates");
        Assert.False(before.IsSuccessStatusCode);
        Assert.False(before.Headers.Contains(AllowedOrigin));
    }

    [Fact]
    public async Task Answers_and_refusals_may_be_read_and_a_key_is_needed_all_the_same()
    {
        await using var service = await StartAsync(Shop, "http://127.0.0.1:8080");
        var (key, _) = await service.Keys.MakeAsync("shop", Tandem.Cloud.Stores.ApiScope.Device, cancel: Cancel);
        using var answer = await PostAsync(service, Shop, key);
        Assert.Equal((HttpStatusCode.OK, Shop), (answer.StatusCode, Header(answer, AllowedOrigin)));
        Assert.Contains("Retry-After", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        using var message = new HttpRequestMessage(HttpMethod.Get, "v1/bundles/default");
        message.Headers.Add("Origin", Shop);
        using var bundle = await service.SendAsync(message, device: null, key);
        Assert.All(
            bundle.Headers.Select(header => header.Key).Where(name => name.StartsWith("Tandem-", StringComparison.Ordinal)),
            name => Assert.Contains(name, Header(bundle, "Access-Control-Expose-Headers"), StringComparison.Ordinal));
        Assert.True(bundle.Headers.Contains("Tandem-Version"));
        using var refusal = await PostAsync(service, "http://127.0.0.1:8080", key: null);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "http://127.0.0.1:8080"), (refusal.StatusCode, Header(refusal, AllowedOrigin)));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("shop.example")]
    [InlineData("https://shop.example/")]
    [InlineData("https://shop.example/page")]
    [InlineData("ftp://shop.example")]
    public void What_is_no_origin_is_told(string origin) => Assert.Contains(
        $"Origins: '{origin}' is no origin", Assert.Single(new AccessOptions { Origins = [Shop, origin] }.Validate()),
        StringComparison.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<RunningService> StartAsync(params string[] origins) => RunningService.StartAsync(
        runs.Counted, options => options with { Access = options.Access with { AllowAnonymous = false, Origins = origins } });

    private static async Task<HttpResponseMessage> AskBeforeAsync(RunningService service, string origin, string method, string path)
    {
        using var message = new HttpRequestMessage(HttpMethod.Options, path);
        message.Headers.Add("Origin", origin);
        message.Headers.Add("Access-Control-Request-Method", method);
        message.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,tandem-device");
        return await service.Client.SendAsync(message, Cancel);
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningService service, string origin, string? key)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/candidates")
        {
            Content = new StringContent("""{"keys":["1"],"count":3}""", null, "application/json"),
        };
        message.Headers.Add("Origin", origin);
        return await service.SendAsync(message, "page", key);
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(",", answer.Headers.GetValues(name));
}
