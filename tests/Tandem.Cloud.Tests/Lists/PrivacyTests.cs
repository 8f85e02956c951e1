using System.Text;
using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Device.Http;
using Tandem.Learning.Codes;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Lists;

/// <summary>Devices that tell codes in place of items.</summary>
public sealed class PrivacyTests : IDisposable
{
    private const int LeastItems = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly TrainedRuns _runs;
    private readonly string _codes;
    private int _outboxes;

    public PrivacyTests(TrainedRuns runs)
    {
        _runs = runs;
        var random = NamedSeed.Create(1, "codes");
        _codes = _folder["codes.txt"];
        CodesFile.Save(
            _codes, new(2, 4, [.. Enumerable.Range(0, 2 * Catalog.Count).Select(_ => (ushort)random.Next(4))]), Catalog);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Catalog Catalog => _runs.Dataset.Catalog;

    public void Dispose() => _folder.Dispose();

    /// <summary>Whoever reads the wire cannot tell a history from any other whose items have the same codes.</summary>
    [Fact]
    public async Task Histories_of_the_same_codes_send_the_same_bytes()
    {
        await using var service = await StartAsync();
        using var wire = new Wire();
        using var client = new HttpClient(wire) { BaseAddress = service.Client.BaseAddress };
        var own = new HttpCloud(client, new() { DeviceId = "phone" });
        var codes = (await own.GetItemCodesAsync(Cancel)).Value!;
        Assert.True(codes.TryValidate(Catalog.Count, out var fault), fault);
        var sharing = Enumerable.Range(1, Catalog.Count).ToLookup(item => codes[item]);
        Assert.All(sharing, group => Assert.True(group.Count() >= LeastItems));

        var random = NamedSeed.Create(2, "histories");
        int[] one = [.. Enumerable.Range(0, 12).Select(_ => random.Next(1, Catalog.Count + 1))];
        int[] other = [.. one.Select(item => sharing[codes[item]].First(another => another != item))];
        var sent = await SendAsync(one);
        Assert.Equal(sent, await SendAsync(other));
        Assert.NotEqual(sent, await SendAsync([.. one.Reverse()]));
        Assert.NotEmpty(sent);

        async Task<string> SendAsync(int[] history)
        {
            wire.Sent.Clear();
            var cloud = new PrivateCloud(own, codes);
            var model = DeviceModel.Open(Path.Combine(_runs.Personal, "bundle"));
            using var session = new DeviceSession(model, new() { Policy = new AlwaysAsk() });
            using var outbox = Outbox(session.Model.CatalogVersion);
            session.Outbox = outbox;
            for (var i = 0; i < history.Length; i++)
            {
                session.Observe(history[i], time: 1_700_000_000 + history[i], value: history[i]);
                var outcome = await session.RefreshAsync(cloud, Cancel);
                Assert.True(outcome.HasNewList, outcome.Reason);
            }

            var weights = await session.RefreshParametersAsync(cloud, Cancel);
            Assert.True(weights.IsApplied, weights.Reason);
            Assert.Equal(CloudFaultKind.NotOffered, (await outbox.SendAsync(cloud, Cancel)).Fault!.Kind);
            Assert.Equal(history.Length, outbox.Count); // kept here, not lost
            return wire.Sent.ToString();
        }
    }

    [Fact]
    public async Task A_list_for_codes_is_as_good_as_they_are()
    {
        await using var service = await StartAsync();
        using var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        var own = new HttpCloud(client, new() { DeviceId = "phone" });
        var codes = (await own.GetItemCodesAsync(Cancel)).Value!;
        int[] history = [3, 1, 4, 15];
        var request = new CandidateRequest { CatalogVersion = Catalog.Version, History = history, Count = 10 };
        var list = (await new PrivateCloud(own, codes).GetCandidatesAsync(request, Cancel)).Value!;
        Assert.Equal((10, 4), (list.Items.Count, list.HistoryLength));

        // Each event is read as the most popular item of its code, a code's next event as the next.
        var counts = _runs.Dataset.Prefixes(user => _runs.Dataset.Sequence(user).Length).CountByItem();
        int[] read = new int[history.Length];
        for (var i = 0; i < history.Length; i++)
        {
            read[i] = Enumerable.Range(1, Catalog.Count).Where(item => codes[item] == codes[history[i]])
                .OrderByDescending(item => counts[item]).ElementAt(history.Take(i).Count(item => codes[item] == codes[history[i]]));
        }

        var same = (await own.GetCandidatesAsync(request with { History = read, IncludeSeen = true }, Cancel)).Value!;
        Assert.Equal(same.Items, list.Items);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused()
    {
        await using var service = await StartAsync();
        var version = (await service.GetAsync("v1/codes").JsonAsync()).GetProperty("version").GetString()!;
        await RefusedAsync(new { Version = "another", Codes = Some(0) }, RefusalKind.OtherCodes);
        await RefusedAsync(new { Version = version, Codes = Some(-1) }, RefusalKind.FieldInvalid);
        await RefusedAsync(new { Version = version, Codes = Some(60_000) }, RefusalKind.FieldInvalid);
        await service.PostAsync("v1/candidates", new
        {
            CatalogVersion = Catalog.Version,
            History = Some(1),
            Coded = new { Version = version, Codes = Some(0) },
            Count = 5,
        }).RefusedAsync(RefusalKind.FieldInvalid);

        await using var without = await RunningService.StartAsync(_runs.Counted);
        await without.GetAsync("v1/codes").RefusedAsync(RefusalKind.NoCodes);
        await without.PostAsync("v1/candidates", Body(new { Version = version, Codes = Some(0) })).RefusedAsync(RefusalKind.NoCodes);

        async Task RefusedAsync(object coded, RefusalKind kind)
        {
            await service.PostAsync("v1/candidates", Body(coded)).RefusedAsync(kind);
            await service.PostAsync("v1/parameters", new
            {
                CatalogVersion = Catalog.Version,
                ModelVersion = Bundle.Open(Path.Combine(_runs.Personal, "bundle")).Manifest.Version,
                History = Array.Empty<int>(),
                Coded = coded,
            }).RefusedAsync(kind);
        }

        object Body(object coded) => new { CatalogVersion = Catalog.Version, Coded = coded, Count = 5 };
        static int[] Some(int code) => [code];
    }

    private Task<RunningService> StartAsync() => RunningService.StartAsync(
        _runs.Personal, options => options with { Privacy = new() { CodesFile = _codes, LeastItems = LeastItems } });

    private EventOutbox Outbox(string catalogVersion)
    {
        var file = _folder[$"outbox{_outboxes++}"];
        Assert.True(EventOutbox.TryOpen(file, catalogVersion, new(), out var outbox, out var fault), fault);
        return outbox;
    }

    /// <summary>All that is sent, but for what every request has.</summary>
    private sealed class Wire() : DelegatingHandler(new SocketsHttpHandler())
    {
        public StringBuilder Sent { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.AppendLine($"{request.Method} {request.RequestUri!.PathAndQuery}").AppendLine(request.Headers.ToString());
            if (request.Content is { } content)
            {
                await content.LoadIntoBufferAsync(cancellationToken);
                Sent.Append(content.Headers).AppendLine(Convert.ToHexString(await content.ReadAsByteArrayAsync(cancellationToken)));
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
