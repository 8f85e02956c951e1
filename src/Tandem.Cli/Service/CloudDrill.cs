using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tandem.Cloud.Access;
using Tandem.Cloud.Stores;
using Tandem.Data;

namespace Tandem.Cli.Service;

/// <summary>Drills of a service in a process of its own.</summary>
/// <param name="run">That is served.</param>
/// <param name="catalog">Of its items.</param>
/// <param name="store">Empty.</param>
/// <param name="seed">Of moments and requests.</param>
internal sealed class CloudDrill(string run, Catalog catalog, string store, int seed)
{
    private const int BatchSize = 20, Devices = 50, Workers = 8, MostFaults = 10;
    private static readonly TimeSpan _minutes = TimeSpan.FromMinutes(30);

    /// <summary>Kills the service at random moments while devices send events, and looks for every event that was acknowledged.</summary>
    public async Task<CloudDrillFigures> KillAsync(int kills)
    {
        var (random, requests, acknowledged, sent) = (NamedSeed.Create(seed, "kills"), new ServiceRequests(catalog, seed), new ConcurrentBag<long>(), 0L);
        for (var kill = 0; kill < kills; kill++)
        {
            using var service = await StartAsync().ConfigureAwait(false);
            using var load = new HttpLoad(service.Address);
            var (first, life) = (sent, TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
            var working = load.RunAsync(
                Workers, long.MaxValue, life + TimeSpan.FromSeconds(1), i => requests.Events(first + i, BatchSize, Devices),
                (i, status) =>
                {
                    if (status == HttpStatusCode.OK) acknowledged.Add(first + i);
                });
            await Task.Delay(life).ConfigureAwait(false);
            service.Kill();
            var figures = await working.ConfigureAwait(false);
            sent += figures.Answers + figures.Faults + Workers;
            Terminal.Error.PrintLine($"{kill + 1} of {kills} kills: {acknowledged.Count * BatchSize} events acknowledged");
        }

        var (lost, faults) = await MissingAsync(acknowledged).ConfigureAwait(false);
        return new() { Requests = sent, Acknowledged = (long)acknowledged.Count * BatchSize, Lost = lost, Faults = faults };
    }

    /// <summary>Swaps the model for itself, and back, while devices ask for lists.</summary>
    public async Task<CloudDrillFigures> SwapAsync(int swaps)
    {
        var requests = new ServiceRequests(catalog, seed);
        var key = await OperatorKeyAsync().ConfigureAwait(false);
        using var service = await StartAsync("--run-folder", Path.GetDirectoryName(Path.GetFullPath(run))!).ConfigureAwait(false);
        using var load = new HttpLoad(service.Address);
        using var operatorClient = new HttpClient { BaseAddress = service.Address, Timeout = _minutes };
        operatorClient.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var (before, stop, faults) = (service.ResidentBytes, false, new ConcurrentQueue<string>());
        var working = load.RunAsync(Workers, long.MaxValue, _minutes, i => Volatile.Read(ref stop) ? throw new OperationCanceledException() : requests.Candidates(i),
            (i, status) => Note(faults, status));
        for (var swap = 0; swap < swaps; swap++)
        {
            var path = swap % 3 == 2 ? "v1/models/default/rollback" : "v1/models/default";
            using var body = new StringContent(JsonSerializer.Serialize(new { run = Path.GetFullPath(run) }), Encoding.UTF8, "application/json");
            using var answer = await operatorClient.PostAsync(path, body).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) faults.Enqueue($"swap {swap}: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }

        return new() { Requests = 0, MegabytesBefore = before / 1048576.0, Faults = [.. faults.Take(MostFaults)] };
    }

    private static void Note(ConcurrentQueue<string> faults, HttpStatusCode status)
    {
        if ((int)status >= 400) faults.Enqueue($"status {(int)status}");
    }

    private async Task<string> OperatorKeyAsync()
    {
        var opened = await Store.OpenAsync(store).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            using var keys = new ApiKeys(opened.Keys, TimeProvider.System);
            return (await keys.MakeAsync("default", ApiScope.Operator).ConfigureAwait(false)).Key;
        }
    }

    private Task<ServiceProcess> StartAsync(params string[] more) =>
        ServiceProcess.StartAsync([run, "--open", "--store", store, "--device-rate", "1000000", .. more]);

    /// <summary>Acknowledged events that the store does not have.</summary>
    private async Task<(long Lost, string[] Faults)> MissingAsync(IEnumerable<long> acknowledged)
    {
        var kept = new HashSet<(string, string)>();
        var opened = await Store.OpenAsync(store).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            await foreach (var e in opened.Events.ReadAsync().ConfigureAwait(false)) kept.Add((e.Device.Id, e.Event.Id));
        }

        var lost = acknowledged.SelectMany(number => Enumerable.Range(0, BatchSize)
            .Select(place => (ServiceRequests.DeviceOf(number, Devices), ServiceRequests.IdOf(number, place)))).Where(e => !kept.Contains(e)).ToArray();
        return (lost.Length, [.. lost.Take(MostFaults).Select(e => $"{e.Item1} {e.Item2} was acknowledged and is not there")]);
    }
}
