using System.CommandLine;
using Tandem.Cli.Service;
using Tandem.Data;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench cloud</c>: what the service answers and keeps, with client and service on the same cores.</summary>
internal static class BenchCloudVerb
{
    private const double LatestMillis = 20;     // of the 99th percentile
    private const int BatchSize = 100, Workers = 16, Devices = 100_000;
    private static readonly int[] _workers = [16, 4, 8, 12, 16, 24, 32]; // the first of them warms up
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(5);

    private static readonly Option<string?> _run = new("--run")
    {
        Description = "folder of a finished training to serve (default: SASRec with counts over 12,101 items, trained for the bench)",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "connection string of an empty database, whose events are measured, too",
        HelpName = "CONN",
    };

    private static readonly Option<int> _events = new("--events")
    {
        Description = "events after which memory is measured",
        DefaultValueFactory = _ => 1_000_000,
        HelpName = "N",
    };

    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("cloud", "lists and events a second of the service, and its memory; run it on a quiet machine")
        {
            _run, _postgres, _events, _json,
        };
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            var (run, catalog) = ServedRun.Of(parsed.GetValue(_run), Path.Combine(folder, "run"));
            var figures = await MeasureAsync(
                run, catalog, folder, parsed.GetValue(_postgres), parsed.GetValue(_events)).ConfigureAwait(
                    false);
            if (parsed.GetValue(_json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<CloudFigures> MeasureAsync(
        string run, Catalog catalog, string folder, string? postgres, int events)
    {
        var requests = new ServiceRequests(catalog, seed: 1);
        using var service = await StartAsync(run, $"sqlite:{Path.Combine(folder, "bench.db")}").ConfigureAwait(false);
        using var load = new HttpLoad(service.Address);
        Terminal.Error.PrintLine("lists ...");
        var (best, number, isWarm) = (new LoadFigures(0, 0, 0, 0, 0, 0), 0L, false);
        foreach (var workers in _workers)
        {
            var first = number;
            var figures = await load.RunAsync(workers, long.MaxValue, _length, i => requests.Candidates(first + i)).ConfigureAwait(false);
            number += figures.Answers + workers;
            Terminal.Error.PrintLine($"{workers} at once: {figures}");
            if (isWarm && figures is { Faults: 0, P99Millis: <= LatestMillis } && figures.PerSecond > best.PerSecond) best = figures;
            isWarm = true;
        }

        Terminal.Error.PrintLine("events ...");
        var sqlite = await EventsAsync(load, requests).ConfigureAwait(false);
        Terminal.Error.PrintLine("memory ...");
        await load.RunAsync(Workers, events / 10, TimeSpan.FromMinutes(20), i =>
            requests.Events(i + (1L << 40), 10, Devices)).ConfigureAwait(false);
        var resident = service.ResidentBytes;
        return new()
        {
            CandidatesPerSecond = best.PerSecond,
            P50Millis = best.P50Millis,
            P99Millis = best.P99Millis,
            EventsPerSecond = new(
                sqlite, postgres is null ? null : await PostgresAsync(run, requests, postgres).ConfigureAwait(false)),
            ResidentMegabytes = resident / 1048576.0,
        };
    }

    private static async Task<double> PostgresAsync(string run, ServiceRequests requests, string connection)
    {
        using var service = await StartAsync(run, $"postgres:{connection}").ConfigureAwait(false);
        using var load = new HttpLoad(service.Address);
        Terminal.Error.PrintLine("events, PostgreSQL ...");
        return await EventsAsync(load, requests).ConfigureAwait(false);
    }

    private static async Task<double> EventsAsync(HttpLoad load, ServiceRequests requests)
    {
        var figures = await load.RunAsync(Workers, long.MaxValue, _length, i => requests.Events(i, BatchSize, 1_000)).ConfigureAwait(false);
        Terminal.Error.PrintLine($"batches of {BatchSize}: {figures}");
        return figures.Faults == 0 ? figures.PerSecond * BatchSize : 0;
    }

    private static Task<ServiceProcess> StartAsync(string run, string store) =>
        ServiceProcess.StartAsync(run, "--open", "--store", store, "--device-rate", "1000000");

    private static void Print(CloudFigures f)
    {
        Line("lists of 200", $"{f.CandidatesPerSecond:0} a second, p50 {f.P50Millis:0.0} ms, p99 {f.P99Millis:0.0} ms");
        Line("events, SQLite", $"{f.EventsPerSecond.Sqlite:0} a second");
        if (f.EventsPerSecond.Postgres is { } postgres) Line("events, PostgreSQL", $"{postgres:0} a second");
        Line("memory", $"{f.ResidentMegabytes:0} MB");
    }

    /// <summary>By the store; null where it was not measured.</summary>
    private sealed record EventFigures(double Sqlite, double? Postgres);

    private sealed record CloudFigures
    {
        /// <summary>The most that a closed loop had with a 99th percentile of 20 ms; 0 where none had.</summary>
        public required double CandidatesPerSecond { get; init; }

        public required double P50Millis { get; init; }

        public required double P99Millis { get; init; }

        public required EventFigures EventsPerSecond { get; init; }

        /// <summary>Of the service after all events of 100,000 devices.</summary>
        public required double ResidentMegabytes { get; init; }
    }
}
