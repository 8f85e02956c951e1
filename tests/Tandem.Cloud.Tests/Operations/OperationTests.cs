using System.Text;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Operations;

public class OperationTests(TrainedRuns runs)
{
    [Fact]
    public void Codes_are_told_apart() =>
        Assert.Equal(RefusalKind.All.Count, RefusalKind.All.Select(kind => kind.Code).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public async Task A_model_is_swapped_and_rolled_back_under_load_without_a_failed_request()
    {
        await using var service = await RunningService.StartAsync(runs.Counted, options =>
            options with { Operators = new() { RunFolders = [runs.Folder] } });
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var versions = new HashSet<string>();
        var asking = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                int[] history = [i % 60 + 1, i / 60 % 60 + 1];
                var list = await service.PostAsync("v1/candidates", Request() with { History = history }).JsonAsync();
                versions.Add(list.GetProperty("modelVersion").GetString()!);
            }
        }, TestContext.Current.CancellationToken);
        var first = await VersionAsync();
        await service.PostAsync("v1/models/default", new { Run = runs.Again }, key: key).JsonAsync();
        await service.PostAsync("v1/models/default", new { Run = runs.Again }, key: key).JsonAsync(); // as after a lost answer
        var second = await VersionAsync();
        for (var sent = 0; sent < 2; sent++)
            await service.PostAsync($"v1/models/default/rollback?from={second}", new { }, key: key).JsonAsync();
        Assert.Equal(first, await VersionAsync());
        Assert.NotEqual(first, second);
        foreach (var run in (string[])[runs.Again, runs.Counted, runs.Again, runs.Counted])
            await service.PostAsync("v1/models/default", new { Run = run }, key: key).JsonAsync();
        await stop.CancelAsync();
        await asking;
        Assert.Equal(2, versions.Count);

        async Task<string?> VersionAsync() => (await service.GetAsync("v1/models", key).JsonAsync())[0].GetProperty("version").GetString();
    }

    [Fact]
    public async Task A_run_from_elsewhere_or_that_is_none_is_refused_and_what_serves_serves_on()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Operators = new() { RunFolders = [runs.Folder] } });
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        await service.PostAsync("v1/models/default", new { Run = Path.GetTempPath() }, key: key).RefusedAsync(RefusalKind.ModelRefused);
        await service.PostAsync("v1/models/default", new { Run = $"{runs.Folder}/../else" }, key: key).RefusedAsync(
            RefusalKind.ModelRefused);
        await service.PostAsync("v1/models/default", new { Run = $"{runs.Folder}/none" }, key: key).RefusedAsync(RefusalKind.ModelRefused);
        foreach (var run in (string[])["", "a\0b", new('x', 5_000)])
            await service.PostAsync("v1/models/default", new { Run = run }, key: key).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/models/none", new { Run = runs.Again }, key: key).RefusedAsync(RefusalKind.UnknownModel);
        await service.PostAsync("v1/models/default/rollback", new { }, key: key).RefusedAsync(RefusalKind.UnknownModel);
        await service.PostAsync("v1/candidates", Request()).JsonAsync();
    }

    [Fact]
    public async Task Every_fault_of_the_options_is_named_at_once()
    {
        var fault = await Assert.ThrowsAsync<CloudOptionsException>(() => CloudService.CreateAsync(
            new()
            {
                Models = [new("a b", "nowhere")],
                Urls = ["ftp://x"],
                Limits = new() { Deadline = TimeSpan.Zero },
                Queue = new() { MostWaiting = 0 },
                Cache = new() { MostCandidates = -1 },
                Access = new() { Rates = new() { DeviceBurst = 1 } },
            },
            cancel: TestContext.Current.CancellationToken));
        foreach (var named in (string[])["'a b'", "nowhere", "ftp://x", "Deadline", "MostWaiting", "MostCandidates", "DeviceBurst"])
            Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("null", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("{\"count\":5,\"count\":6}", "application/json")]
    [InlineData("{\"count\":1e999}", "application/json")]
    [InlineData("{\"count\":5} {}", "application/json")]
    [InlineData("{\"keys\":[\"\\ud800\"],\"count\":1}", "application/json")]
    [InlineData("{\"count\":5}", "text/plain")]
    [InlineData("{\"count\":5}", "application/json; charset=utf-16")]
    public async Task No_body_is_a_fault_of_the_service(string body, string type)
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        foreach (var path in (string[])["v1/candidates", "v1/parameters", "v1/events"])
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new ByteArrayContent(
                Encoding.UTF8.GetBytes(body))
            };
            message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await service.SendAsync(message, "device", key: null);
            Assert.InRange((int)answer.StatusCode, 400, 499);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_deeply_nested_body_is_refused()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var deep = new string('[', 100_000);
        foreach (var path in (string[])["v1/candidates", "v1/parameters", "v1/events"])
            await service.PostTextAsync(path, $"{{\"x\":{deep}").RefusedAsync(RefusalKind.BodyMalformed);
    }

    [Fact]
    public async Task What_has_no_address_is_refused_as_problem_details_too()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        await service.GetAsync("v2/candidates").RefusedAsync(RefusalKind.UnknownRoute);
        await service.GetAsync("v1/candidates").RefusedAsync(RefusalKind.OtherMethod);
    }

    private CandidateRequest Request() => new() { CatalogVersion = runs.Dataset.Catalog.Version, History = [3, 1, 4], Count = 5 };
}
