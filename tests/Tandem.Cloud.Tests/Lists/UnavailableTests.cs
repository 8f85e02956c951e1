using System.Text.Json;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Lists;

public class UnavailableTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4];

    private string Catalog => runs.Dataset.Catalog.Version;

    [Fact]
    public async Task What_an_app_has_none_of_is_on_none_of_its_lists()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var (key, _) = await service.Keys.MakeAsync("default", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        var (other, _) = await service.Keys.MakeAsync("books", ApiScope.Device, cancel: TestContext.Current.CancellationToken);
        var whole = await ItemsAsync(12);
        string[] gone = [.. whole[..2].Append(whole[4]).Select(item => runs.Dataset.Catalog[item].Key), "not of this catalogue"];
        var marks = await service.PostAsync("v1/items/unavailable", new { Unavailable = gone }, device: null, key).JsonAsync();
        Assert.Equal(gone.Order(StringComparer.Ordinal), Keys(marks));
        int[] expected = [whole[2], whole[3], .. whole[5..10]];
        Assert.Equal(expected, await ItemsAsync(7));
        Assert.Equal(whole[..7], await ItemsAsync(7, other));

        await service.PostAsync("v1/items/unavailable", new { Available = gone[1..] }, device: null, key).JsonAsync();
        Assert.Equal(gone[..1], Keys(await service.GetAsync("v1/items/unavailable", key).JsonAsync()));
        Assert.Equal(whole[1..8], await ItemsAsync(7));

        async Task<int[]> ItemsAsync(int count, string? asking = null) => (await service.PostAsync(
            "v1/candidates", new CandidateRequest { CatalogVersion = Catalog, History = _history, Count = count }, "device", asking)
            .JsonAsync()).Items();

        static IEnumerable<string?> Keys(JsonElement told) => told.GetProperty("unavailable").EnumerateArray().Select(k => k.GetString());
    }

    [Fact]
    public async Task Marks_that_cannot_be_made_are_refused()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var (key, _) = await service.Keys.MakeAsync("default", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        string[] a = ["a"], empty = ["a", ""];
        await RefusedAsync(new { Unavailable = a, Available = a });
        await RefusedAsync(new { Unavailable = empty });
        await RefusedAsync(new { Unavailable = Enumerable.Range(0, ItemMarks.MostItems + 1).Select(i => $"{i}") });
        await service.PostAsync("v1/items/unavailable", new { Unavailable = a }, device: null).RefusedAsync(RefusalKind.KeyScope);

        async Task RefusedAsync(object marks) => Assert.NotEqual(
            "", await service.PostAsync("v1/items/unavailable", marks, device: null, key).RefusedAsync(RefusalKind.FieldInvalid));
    }
}
