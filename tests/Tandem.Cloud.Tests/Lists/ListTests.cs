using System.Text.Json;
using Tandem.Cloud.Requests;
using Tandem.Learning.Runs;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Lists;

public class ListTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4], _outside = [61];

    private string Catalog => runs.Dataset.Catalog.Version;

    [Fact]
    public async Task A_list_is_the_model_s_own()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var request = new CandidateRequest { CatalogVersion = Catalog, History = [3, 1, 4, 15], Count = 20 };
        var own = CloudLists.Open(runs.Counted, runs.Dataset);
        var expected = (await own.GenerateAsync([request], TestContext.Current.CancellationToken))[0];
        var list = await service.PostAsync("v1/candidates", request).JsonAsync();
        Assert.Equal(expected.Items, list.Items());
        Assert.Equal(expected.Scores, list.Scores());
        Assert.Equal("model", list.GetProperty("source").GetString());
        Assert.Equal(4, list.GetProperty("historyLength").GetInt32());

        // Asked once more it is read from the cache; another history is not.
        Assert.Equal("cache", (await service.PostAsync("v1/candidates", request).JsonAsync()).GetProperty("source").GetString());
        var other = request with { History = [3, 1, 4, 16] };
        Assert.Equal("model", (await service.PostAsync("v1/candidates", other).JsonAsync()).GetProperty("source").GetString());
    }

    [Fact]
    public async Task Items_may_be_named_by_keys()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var catalog = runs.Dataset.Catalog;
        int[] history = [3, 1, 4, 15];
        var numbers = await service.PostAsync("v1/candidates", new { CatalogVersion = Catalog, History = history, Count = 5 }).JsonAsync();
        var keys = await service.PostAsync(
            "v1/candidates", new { Keys = history.Select(item => catalog[item].Key), Count = 5 }, device: null).JsonAsync();
        Assert.Equal(numbers.Items(), keys.Items());
        Assert.Equal(
            numbers.Items().Select(item => catalog[item].Key), keys.GetProperty("keys").EnumerateArray().Select(key => key.GetString()));
    }

    [Fact]
    public async Task A_device_without_a_table_gets_the_rows_of_its_model()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var bundle = Bundle.Open(Path.Combine(runs.Counted, "bundle")).Manifest.Version;
        var request = new CandidateRequest { CatalogVersion = Catalog, History = _history, Count = 5, SliceOfModel = bundle };
        var list = await service.PostAsync("v1/candidates", request).JsonAsync();
        Assert.True(ItemSlice.TryParse(list.GetProperty("slice").GetBytesFromBase64(), out var slice, out var fault), fault);
        Assert.Equal(bundle, slice.ModelVersion);
        Assert.Subset(slice.Items.ToArray().ToHashSet(), list.Items().Concat(_history).ToHashSet());
        var other = await service.PostAsync("v1/candidates", request with { SliceOfModel = "other" }).JsonAsync();
        Assert.False(other.TryGetProperty("slice", out _));
    }

    [Fact]
    public async Task Rules_decide_what_a_list_may_hold()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var catalog = runs.Dataset.Catalog;
        var whole = (await AskAsync(new { })).Items();
        var first = catalog[whole[0]];

        var without = (await AskAsync(new { Without = new[] { first.Key } })).Items();
        Assert.Equal(whole[1..], without[..^1]);
        var category = first.Categories[0];
        Assert.All((await AskAsync(new { Categories = new[] { category } })).Items(), item => Assert.Contains(
            category, catalog[item].Categories));
        Assert.All(
            (await AskAsync(new { WithoutCategories = new[] { category } })).Items(),
            item => Assert.DoesNotContain(category, catalog[item].Categories));
        var diverse = await AskAsync(new { Diversity = 0.9 });
        Assert.True(Kinds(diverse.Items()) > Kinds(whole), "a diverse list has more categories");
        Assert.Equal(diverse.Scores().OrderDescending(), diverse.Scores());

        int Kinds(int[] items) => items.SelectMany(item => catalog[item].Categories).Distinct().Count();

        async Task<JsonElement> AskAsync(object rules) => await service.PostAsync(
            "v1/candidates", new { CatalogVersion = Catalog, History = _history, Count = 6, Rules = rules }).JsonAsync();
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused_with_a_code()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        int[] history = [1, 2];
        await RefusedAsync(RefusalKind.OtherCatalog, new { CatalogVersion = "other", History = history, Count = 5 });
        await RefusedAsync(RefusalKind.FieldInvalid, new { History = history, Count = 5 });
        await RefusedAsync(
            RefusalKind.FieldInvalid, new { CatalogVersion = Catalog, History = history, Keys = Enumerable.Empty<string>(), Count = 5 });
        await RefusedAsync(RefusalKind.FieldInvalid, new { CatalogVersion = Catalog, History = _outside, Count = 5 });
        await RefusedAsync(RefusalKind.FieldInvalid, new { CatalogVersion = Catalog, History = history, Count = 0 });
        await RefusedAsync(RefusalKind.FieldInvalid, new { CatalogVersion = Catalog, History = Enumerable.Repeat(1, 10_001), Count = 5 });
        await RefusedAsync(RefusalKind.UnknownItem, new { Keys = Enumerable.Repeat("no such item", 1), Count = 5 });
        await RefusedAsync(RefusalKind.UnknownModel, new { CatalogVersion = Catalog, History = history, Count = 5, Model = "none" });
        await RefusedAsync(
            RefusalKind.FieldInvalid, new { CatalogVersion = Catalog, History = history, Count = 5, Rules = new { Diversity = 2 } });

        async Task RefusedAsync(RefusalKind kind, object body) =>
            Assert.NotEqual("", await service.PostAsync("v1/candidates", body).RefusedAsync(kind));
    }

    [Fact]
    public async Task A_deadline_that_cannot_be_met_is_refused()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Limits = new() { Deadline = TimeSpan.FromTicks(1) } });
        var request = new { CatalogVersion = Catalog, History = _history, Count = 5 };
        await service.PostAsync("v1/candidates", request).RefusedAsync(RefusalKind.DeadlinePassed);
    }

    [Fact]
    public async Task Where_too_many_wait_a_request_is_refused_or_gets_popular_items_where_it_accepts_them()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { Queue = new() { MostWaiting = 1, MostAtOnce = 1 } });
        var accepting = await Task.WhenAll(Enumerable.Range(1, 50).Select(item => AskAsync(item, acceptPopular: true).JsonAsync()));
        Assert.All(accepting, list => Assert.Contains(list.GetProperty("source").GetString(), (string[])["model", "popularity"]));
        Assert.All(accepting, list => Assert.Equal(5, list.Items().Length));
        var others = await Task.WhenAll(Enumerable.Range(1, 50).Select(item => AskAsync(item, acceptPopular: false)));
        foreach (var answer in others)
        {
            if (!answer.IsSuccessStatusCode) await Task.FromResult(answer).RefusedAsync(RefusalKind.QueueFull);
            answer.Dispose();
        }

        Task<HttpResponseMessage> AskAsync(int item, bool acceptPopular) => service.PostAsync(
            "v1/candidates",
            new
            {
                CatalogVersion = Catalog,
                History = Enumerable.Repeat(item, 1),
                Count = acceptPopular ? 5 : 6, // so that no list is in the cache
                AcceptPopular = acceptPopular,
            });
    }
}
