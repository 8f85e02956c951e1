using System.CommandLine;
using Tandem.Cli.Service;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem drill kill|silo|swap|hostile</c>: what the service keeps when everything goes wrong.</summary>
internal static class DrillCloudVerbs
{
    public static IEnumerable<Command> Create()
    {
        yield return Verb(
            "kill", "kill the service at random moments under load, and count acknowledged events that are lost", 100, "kills",
            (drill, count) => drill.KillAsync(count));
        yield return Verb(
            "silo", "kill one of three silos under load; needs a PostgreSQL store", 1, "kills", (drill, count) => drill.SiloAsync(count));
        yield return Verb(
            "swap", "swap models under load, and count requests that fail", 20, "swaps", (drill, count) => drill.SwapAsync(count));
        yield return Verb(
            "hostile", "send what no device sends, and count faults of the service", 100_000, "requests",
            (drill, count) => drill.HostileAsync(count));
    }

    private static Command Verb(
        string name, string description, int times, string what, Func<CloudDrill, int, Task<CloudDrillFigures>> play)
    {
        var count = new Option<int>("--count") { Description = $"how many {what}", DefaultValueFactory = _ => times, HelpName = "N" };
        var run = new Option<string?>("--run")
        {
            Description = "folder of a finished training to serve (default: one that is trained for the drill)",
            HelpName = "RUN",
        };
        var store = new Option<string?>("--store")
        {
            Description = "an empty store (default: a SQLite file in a temporary folder)",
            HelpName = "sqlite:FILE|postgres:CONN",
        };
        var (seed, json) = (CommonOptions.Seed(), CommonOptions.Json());
        var verb = new Command(name, description) { count, run, store, seed, json };
        verb.SetAction(async (parsed, _) =>
        {
            var folder = Directory.CreateTempSubdirectory("tandem-drill-").FullName;
            try
            {
                var (served, catalog) = ServedRun.Of(parsed.GetValue(run), Path.Combine(folder, "run"));
                var address = parsed.GetValue(store) ?? $"sqlite:{Path.Combine(folder, "drill.db")}";
                var figures = await play(new(served, catalog, address, parsed.GetValue(seed)), parsed.GetValue(count)).ConfigureAwait(
                    false);
                if (parsed.GetValue(json)) JsonLine.Print(figures);
                else Print(figures);
                return figures is { Lost: 0, IntegrityFaults: 0, ServerErrors: 0, Errors: 0 } ? 0 : 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return verb;
    }

    private static void Print(CloudDrillFigures f)
    {
        Line("requests", $"{f.Requests}");
        Line("events acknowledged", $"{f.Acknowledged}, of which {f.Lost} were lost; {f.IntegrityFaults} faults of the store's integrity");
        Line("requests that failed", $"{f.Errors}, of which faults of the service {f.ServerErrors}");
        Line("memory", $"{f.MegabytesBefore:0} MB at first, {f.MegabytesAfter:0} MB at last");
        foreach (var fault in f.Faults) Line("fault", $"{fault}");
    }
}
