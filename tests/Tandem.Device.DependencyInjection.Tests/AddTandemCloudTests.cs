using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.DependencyInjection.Tests;

public sealed partial class AddTandemCloudTests
{
    private const string List = """{"catalogVersion":"c","modelVersion":"m","historyLength":1,"items":[7],"scores":[-1]}""";

    private static readonly CandidateRequest _request = new() { CatalogVersion = "c", History = [3], Count = 1 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failing_service_is_asked_again_and_the_list_comes()
    {
        var n = 0;
        await using var server = new RawServer(_ => Interlocked.Increment(ref n) switch
        {
            1 => RawServer.Answer(503, null, []),
            2 => [], // breaks off
            _ => RawServer.Json(List),
        });
        await using var app = App(server);
        var answer = await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel);
        Assert.True(answer.HasValue, answer.Fault?.ToString());
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(
            ("phone-1", "Bearer k"), (request.Headers["Tandem-Device"], request.Headers["Authorization"])));
    }

    [Fact]
    public async Task An_attempt_again_sends_the_same_events()
    {
        var n = 0;
        await using var server = new RawServer(_ =>
            Interlocked.Increment(ref n) == 1 ? [] : RawServer.Json("""{"added":0,"known":2}"""));
        await using var app = App(server);
        var batch = new EventBatch
        {
            CatalogVersion = "c",
            Events = [new() { Id = "id-1", Item = 1, Time = 1 }, new() { Id = "id-2", Item = 2, Time = 2 }],
        };
        Assert.Equal(2, (await app.GetRequiredService<ICloud>().SendEventsAsync(batch, Cancel)).Value!.Known);
        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(["id-1", "id-2"], Ids().Matches(request.Text).Select(id => id.Value)));
    }

    [Theory]
    [InlineData(400, "")]
    [InlineData(401, "")]
    [InlineData(404, "")]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(501, "")]
    [InlineData(503, "Retry-After: 30")]
    [InlineData(429, "Retry-After: 30")]
    public async Task What_would_not_help_is_not_asked_again(int status, string header)
    {
        await using var server = new RawServer(_ => RawServer.Answer(status, null, [], header.Length > 0 ? [header] : []));
        await using var app = App(server);
        var answer = await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel);
        Assert.Single(server.Requests);
        Assert.Equal(header.Length > 0 ? 30 : null, answer.Fault!.RetryAfterSeconds);
    }

    [Fact]
    public async Task A_short_wait_that_the_service_asks_for_is_kept()
    {
        var (n, first) = (0, 0L);
        var waited = TimeSpan.Zero;
        await using var server = new RawServer(_ =>
        {
            if (Interlocked.Increment(ref n) > 1)
            {
                waited = Stopwatch.GetElapsedTime(first);
                return RawServer.Json(List);
            }

            first = Stopwatch.GetTimestamp();
            return RawServer.Answer(429, null, [], "Retry-After: 1");
        });
        await using var app = App(server);
        Assert.True((await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel)).HasValue);
        Assert.InRange(waited.TotalSeconds, 0.9, 30);
    }

    [Fact]
    public async Task A_hanging_attempt_leaves_time_for_another_within_the_deadline()
    {
        var n = 0;
        await using var server = new RawServer(async (_, stream, end) =>
        {
            if (Interlocked.Increment(ref n) == 1) await Task.Delay(Timeout.Infinite, end);
            await stream.WriteAsync(RawServer.Json(List), end);
        });
        await using var app = App(server, options => options.Http = options.Http! with { CandidateDeadline = TimeSpan.FromSeconds(5) });
        Assert.True((await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel)).HasValue);
    }

    [Fact]
    public async Task The_deadline_holds_for_all_attempts_together()
    {
        await using var server = new RawServer((_, _, end) => Task.Delay(Timeout.Infinite, end));
        await using var app = App(server, options => options.Http = options.Http! with { CandidateDeadline = TimeSpan.FromSeconds(1) });
        var began = Stopwatch.GetTimestamp();
        var answer = await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel);
        Assert.Equal(CloudFaultKind.Unreachable, answer.Fault!.Kind);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.9, 10);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_is_down_is_left_alone_for_a_while()
    {
        await using var server = new RawServer(_ => RawServer.Answer(500, null, []));
        await using var app = App(server);
        var cloud = app.GetRequiredService<ICloud>();
        for (var i = 0; i < 5; i++) Assert.Equal(CloudFaultKind.Failed, (await cloud.GetCandidatesAsync(_request, Cancel)).Fault!.Kind);
        var fault = (await cloud.GetCandidatesAsync(_request, Cancel)).Fault!;
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(CloudFaultKind.Unreachable, fault.Kind);
        Assert.InRange(fault.RetryAfter.TotalSeconds, 1, 15);
        Assert.Contains("left alone", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_list_is_asked_for_a_second_time_where_that_is_wanted()
    {
        var n = 0;
        await using var server = new RawServer(async (_, stream, end) =>
        {
            if (Interlocked.Increment(ref n) == 1) await Task.Delay(Timeout.Infinite, end);
            await stream.WriteAsync(RawServer.Json(List), end);
        });
        await using var app = App(server, options =>
        {
            options.HedgeAfter = TimeSpan.FromSeconds(0.2);
            options.Retries = 0;
        });
        Assert.True((await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel)).HasValue);
        Assert.Equal(2, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Text).Distinct());
    }

    [Fact]
    public async Task What_is_no_list_is_asked_for_once_however_slow()
    {
        await using var server = new RawServer(async (_, stream, end) =>
        {
            await Task.Delay(600, end);
            await stream.WriteAsync(RawServer.Json("""{"packet":"AQID"}"""), end);
        });
        await using var app = App(server, options => options.HedgeAfter = TimeSpan.FromSeconds(0.1));
        var answer = await app.GetRequiredService<ICloud>()
            .GetParametersAsync(new() { CatalogVersion = "c", ModelVersion = "1", History = [3] }, Cancel);
        Assert.True(answer.HasValue);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var server = new RawServer(_ => RawServer.Answer(307, null, [], "Location: http://127.0.0.1:9/"));
        await using var app = App(server);
        var answer = await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel);
        Assert.Contains("redirects", answer.Fault!.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Every_fault_of_the_options_is_named_and_no_key()
    {
        var services = new ServiceCollection();
        services.AddTandemCloud(options =>
        {
            options.Address = new("ftp://cloud.example/");
            options.Http = new() { DeviceId = "", Key = "s3cret key" };
            options.Retries = 11;
            options.HedgeAfter = TimeSpan.Zero;
        });
        using var app = services.BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<ICloud>());
        foreach (var word in new[] { "Address", "device id", "key:", "Retries is 11", "HedgeAfter" })
            Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_call_configures_further_and_registers_nothing()
    {
        await using var server = new RawServer(_ => RawServer.Answer(503, null, []));
        var services = new ServiceCollection();
        Add(services, server);
        services.AddTandemCloud(options => options.Retries = 0);
        Assert.Single(services, service => service.ServiceType == typeof(ICloud));
        await using var app = services.BuildServiceProvider();
        await app.GetRequiredService<ICloud>().GetCandidatesAsync(_request, Cancel);
        Assert.Single(server.Requests);
    }

    internal static void Add(IServiceCollection services, RawServer server, Action<TandemCloudOptions>? change = null) =>
        services.AddTandemCloud(options =>
        {
            options.Address = server.Address;
            options.Http = new() { DeviceId = "phone-1", Key = "k", CandidateDeadline = TimeSpan.FromSeconds(30) };
            change?.Invoke(options);
        });

    private static ServiceProvider App(RawServer server, Action<TandemCloudOptions>? change = null)
    {
        var services = new ServiceCollection();
        Add(services, server, change);
        return services.BuildServiceProvider();
    }

    [GeneratedRegex("id-[0-9]+")]
    private static partial Regex Ids();
}
