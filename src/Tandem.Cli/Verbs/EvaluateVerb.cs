using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem evaluate</c>: ranks a trained run's test events once more, without training.</summary>
internal static class EvaluateVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "folder of a training run", HelpName = "RUN" };
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var repeats = new Option<bool>("--repeats")
        {
            Description = "rank items that the user already has, too; takes the place of the "
            + "evaluation kept for compare"
        };
        var sampled = new Option<int>("--sampled")
        {
            Description = "rank each target among so many random items instead of the catalogue: flatters and reorders models; nothing is "
                + "kept for compare",
            HelpName = "N",
        };
        var bundle = new Option<string?>("--bundle")
        {
            Description =
                "rank with the device runtime and this bundle of the run (see export) in place of Torch; nothing is kept for compare",
            HelpName = "DIR",
        };
        var verb = new Command("evaluate", "rank a trained run's test events over the whole catalogue") { run, bundle, repeats, sampled,
            threads, json };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var result = Evaluate(
                parsed.GetRequiredValue(run), parsed.GetValue(bundle), parsed.GetValue(repeats), parsed.GetValue(sampled));
            if (parsed.GetValue(json)) JsonLine.Print(result);
            else Print(result);
            return 0;
        });
        return verb;
    }

    private static EvaluationResult Evaluate(string folder, string? bundle, bool repeats, int sampled)
    {
        if (sampled < 0) throw new UsageException($"--sampled {sampled}: a number of items is expected");
        if (sampled > 0)
        {
            Terminal.Error.PrintLine("warning: sampled ranking flatters every model and can reorder them (Krichene and Rendle, KDD 2020); "
                + "report the full ranking");
        }

        var recipe = RunRecipe.OfRun(folder);
        if (repeats) recipe = recipe with { MaskSeen = false };
        var split = SplitProtocol.Create(recipe.Protocol, DatasetFolder.Read(Path.Combine(folder, "dataset")));
        LeftToRank.Require(split, validation: false, recipe.MaskSeen, "--repeats");
        var model = bundle is null ? ModelKinds.Find(recipe.Model).Load(recipe.Settings, split.Dataset, folder) : Open(folder, bundle);
        var clock = Stopwatch.StartNew();
        var evaluation = WatchedRun.Show(progress => RunEvaluation.Of(model, split, recipe.MaskSeen, progress, sampled, recipe.Seed));
        var seconds = clock.Elapsed.TotalSeconds;
        if (sampled == 0 && bundle is null) evaluation.Write(folder, split, recipe.Model, recipe.Seed, recipe.MaskSeen);
        if (evaluation.Warning(recipe.MaskSeen) is { } warning) Terminal.Error.PrintLine($"warning: {warning}");
        return new()
        {
            Model = recipe.Model,
            Protocol = recipe.Describe(sampled),
            Test = evaluation.Metrics,
            TargetsInHistory = evaluation.TargetsInHistory,
            Slices = new() { ["historyLength"] = evaluation.ByHistoryLength, ["targetPopularity"] = evaluation.ByTargetPopularity },
            Events = split.Test.Length,
            Seed = recipe.Seed,
            DataHash = split.Dataset.Hash,
            Seconds = seconds,
        };
    }

    private static DeviceScorer Open(string run, string bundle)
    {
        var model = RunDevice.Open(run, bundle);
        if (!model.HoldsCatalog)
            throw new UsageException($"{bundle}: holds no item table to rank; export with --items full, half or quantised");
        return new(model);
    }

    private static void Print(EvaluationResult result)
    {
        Terminal.Output.PrintLine($"{result.Model}: {result.Protocol}; {result.Events} events, seed {result.Seed}, data {result.DataHash}");
        foreach (var (name, value) in result.Test)
            Terminal.Output.PrintLine(string.Create(CultureInfo.InvariantCulture, $"{name,20} {value:0.0000}"));
    }

    private sealed record EvaluationResult
    {
        public required string Model { get; init; }

        public required string Protocol { get; init; }

        public required Dictionary<string, double> Test { get; init; }

        /// <inheritdoc cref="RunEvaluation.TargetsInHistory"/>
        public required int TargetsInHistory { get; init; }

        public required Dictionary<string, IReadOnlyList<Data.Metrics.MetricSlice>> Slices { get; init; }

        public required int Events { get; init; }

        public required int Seed { get; init; }

        public required string DataHash { get; init; }

        /// <summary>Of the ranking and its metrics.</summary>
        public required double Seconds { get; init; }
    }
}
