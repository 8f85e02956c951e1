using Tandem.Cloud.Experiments;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Device.Http;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Experiments;

public class ExperimentTests(TrainedRuns runs)
{
    private const int Devices = 40;
    private static readonly int[] _history = [3, 1, 4, 15];
    private static readonly Experiment _models = new()
    {
        Name = "models",
        Arms = [new() { Name = "first", Share = 2 }, new() { Name = "again", Model = "again" }],
    };

    private static readonly Experiment _asking = new()
    {
        Name = "asking",
        Arms =
        [
            new() { Name = "as shipped" },
            new()
            {
                Name = "never",
                Rules = new()
                {
                    Request = new() { Kind = RequestRuleKind.Never },
                    Fusion = new() { Kind = FusionRuleKind.MinMax, CloudShare = 0.25 },
                },
            },
        ],
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Catalog => runs.Dataset.Catalog.Version;

    [Fact]
    public async Task A_device_is_served_by_its_arm_and_the_results_tell_what_it_did()
    {
        await using var service = await StartAsync(_models, _asking);
        var (key, _) = await service.Keys.MakeAsync("default", ApiScope.Operator, cancel: Cancel);
        var devices = Enumerable.Range(0, Devices).Select(i => new DeviceId("default", $"device-{i}")).ToArray();
        foreach (var device in devices)
        {
            var list = await service.PostAsync("v1/candidates", Request(), device.Id).JsonAsync();
            var arm = ArmChoice.Of(_models, device).Name;
            Assert.Equal(
                await ModelOfAsync(service, arm == "again" ? "again" : "default"), list.GetProperty("modelVersion").GetString());
            await ExposedAsync(service, device);
            var item = list.Items()[0];
            await service.PostAsync("v1/events", Event(item), device.Id).JsonAsync();
        }

        var result = await service.GetAsync("v1/experiments/models", key).JsonAsync();
        var arms = result.GetProperty("arms").EnumerateArray().ToDictionary(arm => arm.GetProperty("arm").GetString()!);
        Assert.Equal(
            devices.CountBy(device => ArmChoice.Of(_models, device).Name).ToDictionary(),
            arms.ToDictionary(arm => arm.Key, arm => arm.Value.GetProperty("devices").GetInt32()));
        Assert.InRange(result.GetProperty("sampleRatio").GetDouble(), 0.001, 1);
        Assert.All(arms.Values, arm => Assert.All(
            arm.GetProperty("figures").EnumerateArray(), figure => Assert.Equal(1, figure.GetProperty("value").GetDouble())));
        Assert.Equal(2, (await service.GetAsync("v1/experiments", key).JsonAsync()).GetArrayLength());
        await service.GetAsync("v1/experiments/other", key).RefusedAsync(RefusalKind.UnknownExperiment);
        await service.GetAsync("v1/experiments/models").RefusedAsync(RefusalKind.KeyScope);
    }

    [Fact]
    public async Task A_device_learns_how_it_is_to_work()
    {
        await using var service = await StartAsync(_asking);
        using var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        var devices = Enumerable.Range(0, Devices).Select(i => new DeviceId("default", $"device-{i}")).ToArray();
        foreach (var device in devices)
        {
            var answer = await new HttpCloud(client, new() { DeviceId = device.Id }).GetAssignmentAsync(Cancel);
            Assert.True(answer.HasValue, $"{answer.Fault}");
            var arm = ArmChoice.Of(_asking, device).Name;
            Assert.Equal([new ExperimentArm("asking", arm)], answer.Value.Arms);
            if (arm != "never")
            {
                Assert.Null(answer.Value.Rules);
                continue;
            }

            var options = new DeviceSessionOptions().With(answer.Value.Rules!, seed: 1);
            Assert.IsType<NeverAsk>(options.Policy);
            Assert.IsType<MinMaxFusion>(options.Fusion);
            await ExposedAsync(service, device);
        }

        Assert.Equal(2, devices.Select(device => ArmChoice.Of(_asking, device).Name).Distinct().Count());
        using var message = new HttpRequestMessage(HttpMethod.Get, "v1/assignment");
        await service.SendAsync(message, device: null, key: null).RefusedAsync(RefusalKind.DeviceInvalid);
    }

    [Fact]
    public async Task An_erased_device_leaves_no_exposure()
    {
        await using var service = await StartAsync(_models);
        var device = new DeviceId("default", "device");
        await service.PostAsync("v1/candidates", Request(), device.Id).JsonAsync();
        await ExposedAsync(service, device);
        await service.PostAsync("v1/events", Event(1), device.Id).JsonAsync();
        await service.Store.Events.EraseAsync(device, Cancel);
        Assert.Empty(await service.Store.Exposures.ReadAsync("default", Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Experiments_that_cannot_run_are_refused_at_the_start()
    {
        var twice = _models with { Name = "models two" };
        var unknown = new Experiment { Name = "unknown", Arms = [new() { Name = "a", Share = 0 }, new() { Name = "a", Model = "gone" }] };
        var e = await Assert.ThrowsAsync<CloudOptionsException>(() => StartAsync(_models, twice, unknown));
        Assert.Contains("models and models two and unknown set a model", e.Message, StringComparison.Ordinal);
        Assert.Contains("'gone', which is not served", e.Message, StringComparison.Ordinal);
        Assert.Contains("the share of a is 0", e.Message, StringComparison.Ordinal);
        Assert.Contains("unknown has the arm 'a' 2 times", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_holds_experiments()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("experiments.json", """
            [
              // what a call is worth
              { "name": "asking", "arms": [
                { "name": "as shipped", "share": 9 },
                { "name": "never", "rules": { "request": { "kind": "everyEvents", "value": 5 } } } ] }
            ]
            """);
        var experiment = Assert.Single(ExperimentFile.Read(path));
        Assert.Empty(experiment.Validate());
        Assert.Equal(9, experiment.Arms[0].Share);
        Assert.Equal(new() { Kind = RequestRuleKind.EveryEvents, Value = 5 }, experiment.Arms[1].Rules!.Request);

        var misspelt = folder.Write("misspelt.json", """[{ "name": "a", "arms": [{ "name": "b", "sahre": 9 }] }]""");
        Assert.Contains("sahre", Assert.Throws<ExperimentException>(() => ExperimentFile.Read(misspelt)).Message, StringComparison.Ordinal);
        Assert.Throws<ExperimentException>(() => ExperimentFile.Read(folder["absent.json"]));
    }

    private Task<RunningService> StartAsync(params Experiment[] experiments) => RunningService.StartAsync(
        runs.Counted, options => options with { Models = [.. options.Models, new("again", runs.Again)], Experiments = experiments });

    private CandidateRequest Request() => new() { CatalogVersion = Catalog, History = _history, Count = 5 };

    private EventBatch Event(int item) => new() { CatalogVersion = Catalog, Events = [new() { Id = "1", Item = item, Time = 1 }] };

    /// <summary>Nobody waits for exposures but this.</summary>
    private static Task ExposedAsync(RunningService service, DeviceId device) => Eventually.HoldsAsync(async () => Assert.Contains(
        await service.Store.Exposures.ReadAsync(device.App, Cancel).ToListAsync(Cancel), exposure => exposure.Device == device));

    private async Task<string> ModelOfAsync(RunningService service, string model) =>
        (await service.PostAsync("v1/candidates", new { CatalogVersion = Catalog, History = _history, Count = 1, Model = model })
            .JsonAsync()).GetProperty("modelVersion").GetString()!;
}
