using System.Text.Json;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Devices;

public class DeviceTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4, 15];

    private string Catalog => runs.Dataset.Catalog.Version;

    [Fact]
    public async Task A_request_without_a_history_is_answered_by_what_the_device_reported_also_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        var store = $"sqlite:{folder["kept.db"]}";
        int[] expected;
        await using (var service = await RunningService.StartAsync(runs.Counted, options => options with { Store = store }))
        {
            var request = new { CatalogVersion = Catalog, History = _history, Count = 5 };
            expected = (await service.PostAsync("v1/candidates", request).JsonAsync()).Items();
            await service.PostAsync("v1/events", Batch()).JsonAsync();
            await Eventually.HoldsAsync(async () => Assert.Equal(expected, (await OwnAsync(service)).Items()));
            await service.PostAsync("v1/candidates", new { Count = 5 }, device: null).RefusedAsync(RefusalKind.DeviceInvalid);
        }

        await using var again = await RunningService.StartAsync(runs.Counted, options => options with { Store = store });
        Assert.Equal(expected, (await OwnAsync(again)).Items());
    }

    [Fact]
    public async Task An_erased_user_is_forgotten()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var (key, _) = await service.Keys.MakeAsync("default", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        await service.PostAsync("v1/events", Batch()).JsonAsync();
        await Eventually.HoldsAsync(async () => Assert.Equal(4, (await OwnAsync(service)).GetProperty("historyLength").GetInt32()));
        using var message = new HttpRequestMessage(HttpMethod.Delete, "v1/apps/default/devices/device");
        Assert.Equal(4, (await service.SendAsync(message, device: null, key).JsonAsync()).GetProperty("events").GetInt32());
        Assert.Equal(0, (await OwnAsync(service)).GetProperty("historyLength").GetInt32());
    }

    [Fact]
    public async Task A_device_never_causes_more_calls_than_its_budget()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Devices = new() { Budget = new(2, TimeSpan.FromHours(1)) } });
        for (var item = 1; item <= 2; item++) await AskAsync(item).JsonAsync();
        await AskAsync(1).JsonAsync(); // from the cache, which costs no call
        await AskAsync(3).RefusedAsync(RefusalKind.BudgetSpent);
        await AskAsync(3, "another").JsonAsync();

        Task<HttpResponseMessage> AskAsync(int item, string device = "device") =>
            service.PostAsync("v1/candidates", new { CatalogVersion = Catalog, History = Enumerable.Repeat(item, 1), Count = 5 }, device);
    }

    private EventBatch Batch() => new()
    {
        CatalogVersion = Catalog,
        Events = [.. _history.Select((item, i) => new ReportedEvent { Id = $"{i}", Item = item, Time = i })],
    };

    private static Task<JsonElement> OwnAsync(RunningService service) => service.PostAsync("v1/candidates", new { Count = 5 }).JsonAsync();
}
