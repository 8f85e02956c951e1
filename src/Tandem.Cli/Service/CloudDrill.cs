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
    private const int Parts = 10, RawARound = 50, Silos = 3;
    private const double Megabyte = 1 << 20;
    private static readonly TimeSpan _betweenSwaps = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Kills the service at random times under load, checks the integrity of the store each time, and looks for every acknowledged event in
    /// it in the end.
    /// </summary>
    public async Task<CloudDrillFigures> KillAsync(int kills)
    {
        var (random, requests) = (NamedSeed.Create(seed, "kills"), new ServiceRequests(catalog, seed));
        var (acknowledged, sent, faulty) = (new ConcurrentBag<long>(), 0L, new List<string>());
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
            sent += figures.Answers + figures.Unanswered + Workers;
            faulty.AddRange((await CheckAsync().ConfigureAwait(false)).Select(fault => $"after kill {kill + 1}: {fault}"));
            Terminal.Error.PrintLine($"{kill + 1} of {kills} kills: {acknowledged.Count * BatchSize} events acknowledged");
        }

        var (lost, faults) = await MissingAsync(acknowledged).ConfigureAwait(false);
        return new()
        {
            Requests = sent,
            Acknowledged = (long)acknowledged.Count * BatchSize,
            Lost = lost,
            IntegrityFaults = faulty.Count,
            Faults = [.. faults, .. faulty.Take(MostFaults)],
        };
    }

    /// <summary>Swaps the model for a copy of itself, and back, while devices ask for lists.</summary>
    public async Task<CloudDrillFigures> SwapAsync(int swaps)
    {
        var folder = Directory.CreateTempSubdirectory("tandem-swap-").FullName;
        try
        {
            return await SwapAsync(swaps, folder, [CopyTo(Path.Combine(folder, "a")), CopyTo(Path.Combine(folder, "b"))])
                .ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<CloudDrillFigures> SwapAsync(int swaps, string folder, string[] copies)
    {
        var requests = new ServiceRequests(catalog, seed);
        var key = await OperatorKeyAsync().ConfigureAwait(false);
        using var service = await StartAsync("--run-folder", folder).ConfigureAwait(false);
        using var load = new HttpLoad(service.Address);
        using var operators = new HttpClient { BaseAddress = service.Address, Timeout = _longest };
        operators.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var stop = new CancellationTokenSource();
        var (before, faults) = (service.ResidentBytes, new ConcurrentQueue<string>());
        var working = load.RunAsync(
            Workers, long.MaxValue, _longest, i => requests.Candidates(i), (_, status) => Note(faults, status), stop.Token);
        for (var swap = 0; swap < swaps; swap++)
        {
            await Task.Delay(_betweenSwaps).ConfigureAwait(false);
            var path = swap % 3 == 2 ? "v1/models/default/rollback" : "v1/models/default";
            using var body = new StringContent(
                JsonSerializer.Serialize(new { run = copies[swap % 2] }), Encoding.UTF8, "application/json");
            using var answer = await operators.PostAsync(path, body).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                faults.Enqueue($"swap {swap}: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
            Terminal.Error.PrintLine($"{swap + 1} of {swaps} swaps, {service.ResidentBytes / (1 << 20)} MB");
        }

        await stop.CancelAsync().ConfigureAwait(false);
        var figures = await working.ConfigureAwait(false);
        return new()
        {
            Requests = figures.Answers + figures.Unanswered,
            Errors = Math.Max(figures.Faults, faults.Count),
            MegabytesBefore = before / Megabyte,
            MegabytesAfter = service.ResidentBytes / Megabyte,
            Faults = [.. faults.Take(MostFaults)],
        };
    }

    /// <summary>
    /// Kills one of three silos under load. Devices know all three addresses: a request without an answer goes to the next one, as behind a
    /// balancer, and counts as failed where none of them answers in a minute.
    /// </summary>
    public async Task<CloudDrillFigures> SiloAsync(int kills)
    {
        var (random, requests) = (NamedSeed.Create(seed, "silos"), new ServiceRequests(catalog, seed));
        var (cluster, acknowledged) = ($"drill-{random.Next()}", new ConcurrentBag<long>());
        var silos = new List<ServiceProcess>();
        for (var i = 0; i < Silos; i++) silos.Add(await StartAsync("--cluster", cluster).ConfigureAwait(false));
        using var devices = new RetryingLoad([.. silos.Select(silo => silo.Address)]);
        using var stop = new CancellationTokenSource();
        var working = devices.RunAsync(
            Workers, i => i % 2 == 0 ? requests.Events(i, BatchSize, Devices) : requests.Candidates(i), acknowledged.Add, stop.Token);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
            var victim = random.Next(Silos);
            silos[victim].Kill();
            Terminal.Error.PrintLine($"killed one of {Silos}: {acknowledged.Count * BatchSize} events acknowledged so far");
            await Task.Delay(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
            if (kill == kills - 1) break;
            silos[victim].Dispose();
            silos[victim] = await StartAsync("--cluster", cluster).ConfigureAwait(false);
            devices.Replace(victim, silos[victim].Address);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        var (sent, failed, longest) = await working.ConfigureAwait(false);
        foreach (var silo in silos) silo.Dispose();
        var (lost, faults) = await MissingAsync(acknowledged).ConfigureAwait(false);
        return new()
        {
            Requests = sent,
            Acknowledged = (long)acknowledged.Count * BatchSize,
            Lost = lost,
            Errors = failed,
            RecoverySeconds = longest.TotalSeconds,
            Faults = faults,
        };
    }

    /// <summary>Sends what no device sends.</summary>
    public async Task<CloudDrillFigures> HostileAsync(int count)
    {
        var key = await OperatorKeyAsync().ConfigureAwait(false);
        using var service = await StartAsync().ConfigureAwait(false);
        using var load = new HttpLoad(service.Address);
        var (hostile, faults, before) = (new HostileRequests(catalog, service.Address, key, seed), new ConcurrentQueue<string>(), 0L);
        var (sent, blamed) = (0, 0);
        for (var part = 0; part < Parts; part++)
        {
            var first = part * (count / Parts);
            var figures = await load.RunAsync(
                Workers, count / Parts, _longest, i => hostile.Make(first + i),
                (i, status) =>
                {
                    if ((int)status < 500 || status == HttpStatusCode.NotImplemented) return;
                    Interlocked.Increment(ref blamed);
                    faults.Enqueue($"request {first + i} was answered with {(int)status}");
                }).ConfigureAwait(false);
            for (var i = 0; i < RawARound; i++) await hostile.SendRawAsync(first + i).ConfigureAwait(false);
            sent += figures.Answers + figures.Unanswered + RawARound;
            if (part == 0) before = service.ResidentBytes; // what is loaded once is loaded by now
            if (!service.IsRunning) faults.Enqueue("the service ended");
            Terminal.Error.PrintLine($"{sent} requests, {blamed} faults of the service, {service.ResidentBytes / (1 << 20)} MB");
        }

        return new()
        {
            Requests = sent,
            ServerErrors = blamed + (service.IsRunning ? 0 : 1),
            MegabytesBefore = before / Megabyte,
            MegabytesAfter = service.IsRunning ? service.ResidentBytes / Megabyte : 0,
            Faults = [.. faults.Take(MostFaults)],
        };
    }

    private async Task<IReadOnlyList<string>> CheckAsync()
    {
        var opened = await Store.OpenAsync(store).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false)) return await opened.CheckAsync().ConfigureAwait(false);
    }

    private string CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return folder;
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

        var lost = acknowledged
            .SelectMany(number => Enumerable.Range(0, BatchSize)
                .Select(place => (ServiceRequests.DeviceOf(number, Devices), ServiceRequests.IdOf(number, place))))
            .Where(e => !kept.Contains(e)).ToArray();
        return (lost.Length, [.. lost.Take(MostFaults).Select(e => $"{e.Item1} {e.Item2} was acknowledged and is not there")]);
    }
}
