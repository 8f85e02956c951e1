using Tandem.Cloud.Requests;

namespace Tandem.Cloud.Tests.Lists;

public class FallbackTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4];

    [Fact]
    public async Task Where_a_model_makes_no_list_the_ones_behind_it_are_asked_then_popularity()
    {
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with
        {
            Models = [.. options.Models, new("again", runs.Again)],
            Lists = new() { Fallbacks = ["again"] },
        });
        var again = await ListAsync("again");
        Assert.Equal("model", (await ListAsync(null)).Source);

        await CloseAsync("default");
        var instead = await ListAsync(null, count: 6);
        Assert.Equal("fallback", instead.Source);
        Assert.Equal(again.Model, instead.Model);
        Assert.Equal(again.Items, instead.Items[..5]);

        await CloseAsync("again");
        await service.PostAsync("v1/candidates", Request(null, 7, acceptPopular: false)).RefusedAsync(RefusalKind.QueueFull);
        Assert.Equal("popularity", (await ListAsync(null, count: 7)).Source);

        async Task CloseAsync(string name)
        {
            var model = service.Models.Enter(name)!;
            await model.Lists.DisposeAsync(); // takes no more
            model.Leave();
        }

        async Task<(string Source, string Model, int[] Items)> ListAsync(string? model, int count = 5)
        {
            var list = await service.PostAsync("v1/candidates", Request(model, count, acceptPopular: true)).JsonAsync();
            return (list.GetProperty("source").GetString()!, list.GetProperty("modelVersion").GetString()!, list.Items());
        }
    }

    [Fact]
    public async Task Every_model_that_is_asked_is_a_call_of_the_device_s_budget()
    {
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with
        {
            Models = [.. options.Models, new("again", runs.Again)],
            Lists = new() { Fallbacks = ["again"] },
            Devices = new() { Budget = new(3, TimeSpan.FromHours(1)) },
        });
        var model = service.Models.Enter("default")!;
        await model.Lists.DisposeAsync(); // takes no more
        model.Leave();
        await service.PostAsync("v1/candidates", Request(null, 5, acceptPopular: false)).JsonAsync(); // two calls
        await service.PostAsync("v1/candidates", Request(null, 6, acceptPopular: false)).RefusedAsync(RefusalKind.BudgetSpent);
    }

    [Fact]
    public async Task A_fallback_that_is_not_served_is_refused_at_the_start()
    {
        var e = await Assert.ThrowsAsync<CloudOptionsException>(() => RunningService.StartAsync(
            runs.Counted, options => options with { Lists = new() { Fallbacks = ["gone"], Patience = TimeSpan.Zero } }));
        Assert.Contains("Lists.Fallbacks has 'gone', which is not served", e.Message, StringComparison.Ordinal);
        Assert.Contains("Lists.Patience is 00:00:00", e.Message, StringComparison.Ordinal);
    }

    private object Request(string? model, int count, bool acceptPopular) => new
    {
        CatalogVersion = runs.Dataset.Catalog.Version,
        History = _history,
        Count = count,
        Model = model,
        AcceptPopular = acceptPopular,
    };
}
