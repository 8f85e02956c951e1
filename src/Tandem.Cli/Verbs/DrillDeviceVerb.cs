using System.CommandLine;
using System.Diagnostics;
using Tandem.Cli.Drill;
using Tandem.Data;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem drill device</c>: what the device runtime keeps when everything goes wrong.</summary>
internal static class DrillDeviceVerb
{
    private const int LiesARound = 20;
    private const int FlipsARound = 2_000;

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "how long", DefaultValueFactory = _ => 2, HelpName = "N" };
        var (seed, json) = (CommonOptions.Seed(), CommonOptions.Json());
        var verb = new Command("device",
            "kill processes that log, fill disks, flip bits and lie in every format, and count what is lost") { minutes, seed, json };
        verb.SetAction(
            (parsed, cancel) => Task.FromResult(Run(parsed.GetValue(minutes), parsed.GetValue(seed), parsed.GetValue(json), cancel)));
        var log = new Argument<string>("log");
        var child = new Command(LoggingProcess.Verb) { log };
        child.Hidden = true;
        child.SetAction(parsed => LoggingProcess.Run(parsed.GetRequiredValue(log)));
        var drill = new Command("drill", "try what must never happen") { verb, child };
        foreach (var cloud in DrillCloudVerbs.Create()) drill.Add(cloud);
        return drill;
    }

    private static int Run(double minutes, int seed, bool json, CancellationToken cancel)
    {
        if (minutes is not (> 0 and < 100_000)) throw new UsageException($"--minutes {minutes}: expected a number above 0");
        var folder = Directory.CreateTempSubdirectory("tandem-drill-").FullName;
        try
        {
            using var disk = SmallDisk.TryMount(Path.Combine(folder, "disk"));
            if (disk is null) Terminal.Error.PrintLine("no file system can be mounted here, so no disk is filled; run it as root on Linux");
            var figures = Play(folder, disk?.Folder, TimeSpan.FromMinutes(minutes), seed, cancel);
            if (json) JsonLine.Print(figures);
            else Print(figures);
            return figures is { Lost: 0, FlipsUnaccounted: 0, Unhandled: 0 } ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DrillFigures Play(string folder, string? disk, TimeSpan length, int seed, CancellationToken cancel)
    {
        var (figures, random, watch) = (new DrillFigures { Seed = seed }, NamedSeed.Create(seed, "drill"), Stopwatch.StartNew());
        var (log, lies) = (new LogDrill(figures, random), new LieDrill(figures, random));
        var flips = new FlipDrill(figures, disk ?? folder); // in memory where it can be: each flip writes two files
        while (watch.Elapsed < length && !cancel.IsCancellationRequested)
        {
            log.Kill(Path.Combine(folder, "killed"));
            log.Pair(Path.Combine(folder, "shared"));
            if (disk is not null) new FullDiskDrill(figures, random, disk).Run(log);
            for (var i = 0; i < LiesARound; i++) lies.Run();
            for (var i = 0; i < FlipsARound && !flips.IsDone; i++) flips.Run();
            Terminal.Error.PrintLine(
                $"{watch.Elapsed.TotalMinutes:0.0} of {length.TotalMinutes:0.0} minutes: {figures.Kills} kills, {figures.Lost} events "
                    + "lost, "
                + $"{figures.Flips} flips, {figures.Unhandled} unhandled");
        }

        figures.Minutes = watch.Elapsed.TotalMinutes;
        return figures;
    }

    private static void Print(DrillFigures f)
    {
        Line("processes killed while they logged", $"{f.Kills}, and {f.Pairs} pairs on one log");
        Line("disks filled to the last byte", $"{f.FullDisks}");
        Line("events acknowledged", $"{f.Acknowledged}, of which {f.Lost} were lost");
        Line("bits flipped in a log of 1,000 events", $"{f.Flips}, of which {f.FlipsUnaccounted} left an event unaccounted for");
        Line("files that lie under right checksums", $"{f.Lies}, of which {f.Unhandled} were not handled");
        foreach (var fault in f.Faults.Take(10)) Line("fault", $"{fault}");
    }
}
