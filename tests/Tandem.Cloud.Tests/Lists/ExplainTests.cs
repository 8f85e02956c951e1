using System.Text.Json;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Learning.Runs;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Lists;

public class ExplainTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4, 15];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_item_is_explained_by_its_place_and_by_the_events_that_speak_for_it()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var catalog = runs.Dataset.Catalog;
        await service.PostAsync("v1/events", new EventBatch
        {
            CatalogVersion = catalog.Version,
            Events = [.. _history.Select((item, i) => new ReportedEvent { Id = $"{i}", Item = item, Time = i })],
        }).JsonAsync();
        await Eventually.HoldsAsync(async () => Assert.Equal(
            _history.Length, (await ExplainAsync(catalog[1].Key)).GetProperty("historyLength").GetInt32()));

        var own = CloudLists.Open(runs.Counted, runs.Dataset);
        var whole = await OwnAsync(_history);
        var item = whole.Items[2];
        var explained = await ExplainAsync(catalog[item].Key);
        Assert.Equal(3, explained.GetProperty("rank").GetInt32());
        Assert.Equal(whole.Scores[2], explained.GetProperty("logProbability").GetSingle(), 1e-4f);
        Assert.Equal(_history.Contains(item), explained.GetProperty("isSeen").GetBoolean());
        Assert.False(explained.GetProperty("isUnavailable").GetBoolean());
        var influences = explained.GetProperty("influences").EnumerateArray().ToArray();
        Assert.Equal(
            _history.Select(seen => catalog[seen].Key), influences.Select(influence => influence.GetProperty("item").GetString()));
        var without = await OwnAsync(_history[..^1]);
        Assert.Equal(
            whole.Scores[2] - without.Scores[without.Items.ToList().IndexOf(item)], influences[^1].GetProperty("gain").GetSingle(), 1e-3f);

        // Whole and without each of the four events: five calls.
        await using var bounded = await RunningService.StartAsync(
            runs.Counted, options => options with { Devices = new() { Budget = new(_history.Length, TimeSpan.FromHours(1)) } });
        await bounded.Store.Events.AppendAsync(
            new("default", "device"), [.. _history.Select((seen, i) => new NewEvent($"{i}", catalog[seen].Key, i, 1))], 1, Cancel);
        using var asking = new HttpRequestMessage(HttpMethod.Get, $"v1/explain?item={Uri.EscapeDataString(catalog[item].Key)}");
        await bounded.SendAsync(asking, "device", key: null).RefusedAsync(RefusalKind.BudgetSpent);

        await service.Store.Items.MarkAsync("default", [catalog[4].Key], [], Cancel);
        var seen = await ExplainAsync(catalog[4].Key);
        Assert.True(seen.GetProperty("isSeen").GetBoolean());

        async Task<JsonElement> ExplainAsync(string key)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, $"v1/explain?item={Uri.EscapeDataString(key)}");
            return await service.SendAsync(message, "device", key: null).JsonAsync();
        }

        async Task<CandidateList> OwnAsync(int[] history)
        {
            var request = new CandidateRequest
            {
                CatalogVersion = catalog.Version,
                History = history,
                Count = CandidateList.MostItems,
                IncludeSeen = true,
            };
            return (await own.GenerateAsync([request], Cancel))[0];
        }
    }

    [Fact]
    public async Task What_cannot_be_explained_is_refused()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Devices = new() { Budget = new(1, TimeSpan.FromHours(1)) } });
        await RefusedAsync("v1/explain?item=none", RefusalKind.UnknownItem);
        await RefusedAsync("v1/explain", RefusalKind.FieldInvalid);
        await RefusedAsync("v1/explain?item=x&model=none", RefusalKind.UnknownModel);
        await RefusedAsync("v1/explain?item=x", RefusalKind.DeviceInvalid, device: null);
        var item = Uri.EscapeDataString(runs.Dataset.Catalog[1].Key);
        using var message = new HttpRequestMessage(HttpMethod.Get, $"v1/explain?item={item}");
        var alone = await service.SendAsync(message, "device", key: null).JsonAsync(); // of a device that reported nothing
        Assert.Equal(0, alone.GetProperty("influences").GetArrayLength());
        await RefusedAsync($"v1/explain?item={item}", RefusalKind.BudgetSpent);

        async Task RefusedAsync(string path, RefusalKind kind, string? device = "device")
        {
            using var asking = new HttpRequestMessage(HttpMethod.Get, path);
            await service.SendAsync(asking, device, key: null).RefusedAsync(kind);
        }
    }
}
