using System.Globalization;
using Spectre.Console;
using Tandem.Cli.Models;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary>A simulation with its folder, its table and its report; shared by <c>simulate</c> and <c>demo</c>.</summary>
internal static class SimulationRun
{
    private const int MostDeviceEpochs = 80;

    /// <summary>The device model's settings: a configuration's, or SASRec's own.</summary>
    /// <param name="config">Path of a sequence model's configuration, or null. Its protocol is not used.</param>
    /// <param name="epochs">Most epochs; null for the configuration's.</param>
    /// <param name="seed">Takes the place of the configuration's.</param>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public static SequenceRecipe DeviceRecipe(string? config, int? epochs, int seed)
    {
        if (config is null) return new() { Training = new() { Epochs = epochs ?? MostDeviceEpochs, Seed = seed } };
        var model = RunRecipe.Read(config).Model;
        if (ModelKinds.Find(model) is not { IsSequenceModel: true } kind)
        {
            throw new UsageException(
                $"--device-config {config}: '{model}' is no sequence model; "
                + $"expected settings of {ModelKinds.Names(known => known.IsSequenceModel)}");
        }

        var recipe = RecipeJson.Read<SequenceRecipe>(new AskedRecipe(kind, config) { Seed = seed, Epochs = epochs }.Resolve().Settings);
        return recipe.Text is { Enabled: true }
            ? throw new UsageException(
                $"--device-config {config}: a simulation trains no model with the text of items; train it with 'tandem train {model} "
                    + $"--config {config}' and give its run as --device")
            : recipe;
    }

    public static LlamaRecipe CloudRecipe(int epochs, int seed) => new()
    {
        Training = new() { Epochs = epochs, Seed = seed, Optimizer = new() { LearningRate = 1e-3, WarmupSteps = 200, WeightDecay = 0.1 } },
    };

    /// <summary>Runs and prints.</summary>
    /// <param name="dataset">What is replayed.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="trained">What of both sides there is already; null for nothing.</param>
    /// <param name="folder">Of the run; null for a new one.</param>
    /// <param name="json">True to end the output with one JSON object.</param>
    /// <param name="cancel">Stops between two steps.</param>
    public static int Start(
        SequenceDataset dataset, SimulationOptions options, TrainedSides? trained, string? folder, bool json, CancellationToken cancel)
    {
        LeftToRank.Require(new LeaveOneOut(dataset), validation: false, options.ExcludeConsumed, "--repeats");
        var run = RunFolder.Choose(folder, "simulate", $"simulate-{dataset.Name}");
        run.Begin(dataset);
        RunStart.Announce(run);
        var report = WatchedRun.Show(progress =>
            new Simulator(dataset, options, run.Path, progress, trained).RunAsync(cancel).GetAwaiter().GetResult());
        run.Record(options, dataset, report);
        HtmlReport.Write(report, run.File("report.html"));
        CsvReport.Write(report, run.File("rows.csv"));
        if (json) JsonLine.Print(Summary(report, run));
        else Print(report, run);
        return 0;
    }

    private static object Summary(SimulationReport report, RunFolder run) => new
    {
        report.Data,
        report.DataHash,
        report.Lag,
        report.Protocol,
        report.Options.Seed,
        report.Rows,
        report.FusionGain,
        report.FreshFusionGain,
        report.Rules,
        report.ConstantFusion,
        report.Missed,
        report.AreaUnderCurve,
        report.ViewsPerCall,
        report.DeviceSuccessors,
        report.DeviceRun,
        report.CloudRun,
        report.TotalSeconds,
        Run = run.Path,
    };

    private static void Print(SimulationReport report, RunFolder run)
    {
        var isPaper = report.Options.Mode == SimulationMode.Paper;
        var table = new Table().Title($"{report.Data}: {report.Users} users, cloud {report.Lag} events behind")
            .AddColumns(
                "mode", "policy", "calls", "R@10", "N@10", "over the device alone", isPaper ? "over the list" : "gap", "device µs");
        foreach (var row in report.Rows)
        {
            var share = isPaper ? row.OverList : row.GapRecovered;
            table.AddRow(
                isPaper && row.Mode == "fused" ? $"fused {row.Fusion}" : row.Mode, row.Policy, Text(row.RealisedRate, "0.0%"),
                Text(row.Recall, "0.0000"), Text(row.Ndcg, "0.0000"), HtmlReport.Text(row.Interval),
                share is { } gain ? Text(gain, "0%") : "", Text(row.DeviceMicros, "0"));
        }

        Terminal.Output.Write(table);
        foreach (var (lists, gain) in new[] { ("lagging lists", report.FusionGain), ("fresh lists", report.FreshFusionGain) })
        {
            if (gain is null) continue;
            Terminal.Output.PrintLine(
                $"{lists}: fused over the best of cloud, rerank and device: NDCG@10 {HtmlReport.Text(gain)}, 95 % interval");
        }

        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.TotalSeconds:0} s; report: {run.File("report.html")}"));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
