using System.Net;
using System.Security.Cryptography;
using Tandem.Cloud.Stores;
using Tandem.Device;
using Tandem.Device.Http;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests;

/// <summary>The device's own client against the service: each was written to the wire alone.</summary>
public class DeviceClientTests(TrainedRuns runs)
{
    private static readonly int[] _history = [3, 1, 4, 15];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_fetches_its_bundle_asks_a_list_takes_weights_and_reports_what_it_saw()
    {
        using var folder = new TemporaryFolder();
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var service = await RunningService.StartAsync(
            runs.Personal, options => options with { SigningKey = folder.Write("key.pem", signing.ExportECPrivateKeyPem()) });
        using var client = Client(service);
        var cloud = new HttpCloud(client, new() { DeviceId = "phone", BundleKey = signing.ExportSubjectPublicKeyInfoPem() });

        var name = Bundle.Open(Path.Combine(runs.Personal, "bundle")).Manifest.Name;
        var answer = await cloud.GetBundleAsync(new() { Name = name }, Cancel);
        Assert.True(answer.HasValue, $"{answer.Fault}");
        Assert.True(answer.Value.TryOpen(out var bundle, out var fault), fault);
        Assert.True((await cloud.GetBundleAsync(new() { Name = name, KnownVersion = bundle.Manifest.Version }, Cancel)).Value!.IsKnown);

        Assert.True(DeviceModel.TryLoad(bundle, out var model, out fault), fault);
        var session = new DeviceSession(model, new DeviceSessionOptions());
        foreach (var item in _history) session.Observe(item, time: 0);
        var list = await cloud.GetCandidatesAsync(
            new() { CatalogVersion = model.CatalogVersion, History = _history, Count = 10 }, Cancel);
        Assert.True(list.HasValue, $"{list.Fault}");
        Assert.True(session.TryAccept(list.Value, out fault), fault);
        var weights = await cloud.GetParametersAsync(
            new() { CatalogVersion = model.CatalogVersion, ModelVersion = model.Version, History = _history }, Cancel);
        Assert.True(weights.HasValue, $"{weights.Fault}");
        Assert.True(weights.Value.TryRead(out var packet, out fault), fault);
        Assert.True(session.TryApply(packet, out fault), fault);

        var batch = new EventBatch
        {
            CatalogVersion = model.CatalogVersion,
            Events = [.. _history.Select((item, i) => new ReportedEvent { Id = $"{i}", Item = item, Time = i })],
        };
        Assert.Equal(new EventReceipt { Added = 4, Known = 0 }, (await cloud.SendEventsAsync(batch, Cancel)).Value);
        Assert.Equal(new EventReceipt { Added = 0, Known = 4 }, (await cloud.SendEventsAsync(batch, Cancel)).Value);
    }

    [Fact]
    public async Task Refusals_come_as_the_faults_that_they_are()
    {
        await using var service = await RunningService.StartAsync(runs.Counted, options => options with { Access = new() });
        using var client = Client(service);
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Device, cancel: Cancel);
        var request = new CandidateRequest { CatalogVersion = runs.Dataset.Catalog.Version, History = _history, Count = 10 };
        Assert.Equal(CloudFaultKind.Denied, await FaultAsync(new() { DeviceId = "phone" }, request));
        var options = new HttpCloudOptions { DeviceId = "phone", Key = key };
        Assert.Null(await FaultAsync(options, request));
        Assert.Equal(CloudFaultKind.Refused, await FaultAsync(options, request with { CatalogVersion = "other" }));
        var cloud = new HttpCloud(client, options);
        Assert.Equal(CloudFaultKind.NotFound, (await cloud.GetBundleAsync(new() { Name = "none" }, Cancel)).Fault?.Kind);
        var version = DeviceModel.Open(Path.Combine(runs.Counted, "bundle")).Version;
        var weights = await cloud.GetParametersAsync(
            new() { CatalogVersion = request.CatalogVersion, ModelVersion = version, History = _history }, Cancel);
        Assert.Equal(CloudFaultKind.NotOffered, weights.Fault?.Kind);

        async Task<CloudFaultKind?> FaultAsync(HttpCloudOptions asks, CandidateRequest asked) =>
            (await new HttpCloud(client, asks).GetCandidatesAsync(asked, Cancel)).Fault?.Kind;
    }

    private static HttpClient Client(RunningService service) => new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.All,
    })
    {
        BaseAddress = service.Client.BaseAddress,
    };
}
