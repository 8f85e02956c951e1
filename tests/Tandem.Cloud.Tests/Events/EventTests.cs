using System.Text;
using System.Text.Json;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Events;

public class EventTests(TrainedRuns runs)
{
    private string Catalog => runs.Dataset.Catalog.Version;

    [Fact]
    public async Task An_event_counts_once_however_often_it_comes_and_outlives_the_service()
    {
        using var folder = new TemporaryFolder();
        var store = $"sqlite:{folder["kept.db"]}";
        await using (var service = await RunningService.StartAsync(runs.Counted, options => options with { Store = store }))
        {
            Assert.Equal((2, 0), await SendAsync(service, "a", "one", "two"));
            Assert.Equal((1, 1), await SendAsync(service, "a", "two", "three"));
            Assert.Equal((1, 0), await SendAsync(service, "b", "one"));
        }

        await using var again = await RunningService.StartAsync(runs.Counted, options => options with { Store = store });
        Assert.Equal((0, 3), await SendAsync(again, "a", "one", "two", "three"));
        var kept = await again.Store.Events.RecentAsync(new("default", "a"), 10, TestContext.Current.CancellationToken);
        Assert.Equal(["one", "two", "three"], kept.Select(e => e.Event.Id));
        Assert.All(kept, e => Assert.Equal(runs.Dataset.Catalog[7].Key, e.Event.Item));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("two words")]
    public async Task A_device_has_to_name_itself(string? device)
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/events") { Content = JsonContent(Batch("one")) };
        if (device is not null) message.Headers.TryAddWithoutValidation("Tandem-Device", device);
        await service.SendAsync(message, device: null, key: null).RefusedAsync(RefusalKind.DeviceInvalid);
    }

    [Fact]
    public async Task An_operator_reads_the_events_of_the_key_s_app_in_their_order()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        NewEvent[] sent = [.. Enumerable.Range(0, 5_000).Select(i => new NewEvent($"{i}", $"item {i % 7}", i, i / 2f))];
        var cancel = TestContext.Current.CancellationToken;
        await service.Store.Events.AppendAsync(new("shop", "phone"), sent, 77, cancel);
        await service.Store.Events.AppendAsync(new("books", "phone"), sent[..3], 77, cancel);
        var all = (await service.GetAsync("v1/events", key).JsonAsync()).EnumerateArray().ToArray();
        Assert.Equal(sent.Select(e => e.Id), all.Select(e => e.GetProperty("id").GetString()));
        var last = all[^1];
        Assert.Equal(("phone", "item 1", 4_999, 77), (
            last.GetProperty("device").GetString(), last.GetProperty("item").GetString(), last.GetProperty("time").GetInt64(),
            last.GetProperty("received").GetInt64()));
        Assert.Equal(2_499.5f, last.GetProperty("value").GetSingle());
        var rest = await service.GetAsync($"v1/events?after={all[^3].GetProperty("sequence").GetInt64()}", key).JsonAsync();
        Assert.Equal(2, rest.GetArrayLength());
        await service.GetAsync("v1/events?after=-1", key).RefusedAsync(RefusalKind.FieldInvalid);
        await service.GetAsync("v1/events").RefusedAsync(RefusalKind.KeyScope);
    }

    [Fact]
    public async Task Batches_with_faults_are_refused_whole()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Limits = new() { LongestBody = 2_048 } });
        await service.PostAsync("v1/events", Batch("one", "one")).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/events", Batch("")).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/events", Batch("a\0b")).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/events", Batch("one") with { CatalogVersion = "other" }).RefusedAsync(RefusalKind.OtherCatalog);
        await service.PostTextAsync("v1/events", "{\"catalogVersion\":\"" + Catalog + "\",\"events\":[null]}").RefusedAsync(
            RefusalKind.FieldInvalid);
        await service.PostTextAsync("v1/events", new string(' ', 2_049)).RefusedAsync(RefusalKind.BodyTooLarge);
        Assert.Equal(0, await service.Store.Events.CountAsync(TestContext.Current.CancellationToken));
    }

    private EventBatch Batch(params string[] ids) => new()
    {
        CatalogVersion = Catalog,
        Events = [.. ids.Select(id => new ReportedEvent { Id = id, Item = 7, Time = 1_700_000_000 })],
    };

    private async Task<(int Added, int Known)> SendAsync(RunningService service, string device, params string[] ids)
    {
        var receipt = await service.PostAsync("v1/events", Batch(ids), device).JsonAsync();
        return (receipt.GetProperty("added").GetInt32(), receipt.GetProperty("known").GetInt32());
    }

    private static StringContent JsonContent(EventBatch batch) => new(
        JsonSerializer.Serialize(batch, MessageJson.Default.EventBatch), Encoding.UTF8, "application/json");
}
