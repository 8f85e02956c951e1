using Tandem.Cloud.Requests;
using Tandem.Device;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Parameters;

namespace Tandem.Cloud.Tests.Parameters;

public class ParameterTests(TrainedRuns runs)
{
    [Fact]
    public async Task A_device_takes_the_weights_that_were_made_for_it()
    {
        await using var service = await RunningService.StartAsync(runs.Personal);
        var session = new DeviceSession(DeviceModel.Open(Path.Combine(runs.Personal, "bundle")), new DeviceSessionOptions());
        foreach (var item in (int[])[3, 1, 4, 15]) session.Observe(item, time: 0);
        var before = session.Recommend(60).Select(item => item.Score).ToArray();
        var answer = await service.PostAsync("v1/parameters", Request(session.Model.Version)).JsonAsync();
        Assert.True(ParameterPacket.TryParse(answer.GetProperty("packet").GetBytesFromBase64(), out var packet, out var fault), fault);
        Assert.True(session.TryApply(packet, out fault), fault);
        Assert.NotEqual(before, session.Recommend(60).Select(item => item.Score));
    }

    [Fact]
    public async Task What_cannot_be_made_is_refused_with_a_code()
    {
        await using var service = await RunningService.StartAsync(runs.Personal);
        var version = DeviceModel.Open(Path.Combine(runs.Personal, "bundle")).Version;
        await service.PostAsync("v1/parameters", Request("other")).RefusedAsync(RefusalKind.OtherModel);
        await service.PostAsync("v1/parameters", Request(version) with { History = [] }).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/parameters", Request(version) with { History = [61] }).RefusedAsync(RefusalKind.FieldInvalid);
        await service.PostAsync("v1/parameters", Request(version) with { CatalogVersion = "other" }).RefusedAsync(RefusalKind.OtherCatalog);

        await using var plain = await RunningService.StartAsync(runs.Counted);
        await plain.PostAsync("v1/parameters", Request(DeviceModel.Open(Path.Combine(runs.Counted, "bundle")).Version))
            .RefusedAsync(RefusalKind.NoParameters);
    }

    private ParameterRequest Request(string version) => new()
    {
        CatalogVersion = runs.Dataset.Catalog.Version,
        ModelVersion = version,
        History = [3, 1, 4, 15],
    };
}
