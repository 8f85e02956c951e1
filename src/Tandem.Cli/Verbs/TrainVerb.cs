using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Cli.Models;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Training;
using Tandem.Reports;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem train MODEL</c>: trains, tests once, exports the device bundle where the device can run the model.</summary>
internal static class TrainVerb
{
    private static readonly Argument<string> _model = new("model")
    {
        Description = string.Join("; ", ModelKinds.All.Select(kind => $"{kind.Name}: {kind.Description}")),
        HelpName = "MODEL",
    };

    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<int?> _core = CommonOptions.Core();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int?> _seed = CommonOptions.OptionalSeed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string?> _protocol = new("--protocol")
    {
        Description = $"{SplitProtocol.Known} (default: the configuration's, or loo)",
        HelpName = "NAME",
    };

    private static readonly Option<string?> _config = new("--config") { Description = "a file of settings, such as configs/beauty/sasrec.json", HelpName = "FILE" };
    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting by its path, such as backbone.width=128; may be repeated",
        HelpName = "PATH=VALUE",
    };

    private static readonly Option<int?> _epochs = new("--epochs") { Description = "most epochs; short for --set training.epochs=N" };
    private static readonly Option<string?> _control = new("--control")
    {
        Description = "ttt with part of its adaptation taken away: frozen, zero-rate or linear-attention; short for --set backbone.control=…",
        HelpName = "NAME",
    };

    private static readonly Option<bool> _repeats = new("--repeats") { Description = "rank items that the user already has, too" };

    public static Command Create()
    {
        var verb = new Command("train", "train a model on a data set and test it once")
        {
            _model, _data, _core, _protocol, _config, _set, _epochs, _control, _repeats, _seed, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var kind = ModelKinds.Find(parsed.GetRequiredValue(_model));
        var recipe = Recipe(parsed, kind);
        kind.Require(recipe.Settings);
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var split = DatasetArgument.Open(parsed.GetRequiredValue(_data), recipe.Protocol, recipe.Seed, recipe.Core);
        var run = RunFolder.Open(parsed.GetValue(_run), $"{kind.Name}-{split.Dataset.Name}");
        run.Keep(split.Dataset);
        recipe.Save(run.File(RunRecipe.FileName));

        var job = new TrainingJob(recipe.Settings, split, SplitProtocol.Refits(recipe.Protocol), recipe.MaskSeen, run);
        var ((scorer, trainings, successors), evaluation) = WatchedRun.Show(progress =>
        {
            var trained = kind.Train(job, progress, cancel);
            return (trained, RunEvaluation.Of(trained.Scorer, split, recipe.MaskSeen, progress));
        });
        evaluation.Write(run.Path, split, kind.Name, recipe.Seed, recipe.MaskSeen);
        var epochs = trainings.SelectMany(t => t.Epochs).ToArray();
        var result = new TrainingSummary
        {
            Model = kind.Name,
            Protocol = recipe.Describe(),
            Test = evaluation.Metrics,
            Validation = trainings.Count > 0 ? trainings[0].BestValidation : null,
            Successors = successors,
            SecondsPerEpoch = epochs.Length > 0 ? epochs.Average(e => e.Seconds) : 0,
            Epochs = trainings.Count > 0 ? trainings[^1].BestEpoch : 0,
            Seed = recipe.Seed,
            DataHash = split.Dataset.Hash,
            PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
            TotalSeconds = clock.Elapsed.TotalSeconds,
            Run = run.Path,
        };
        run.Record(recipe, split.Dataset, new { Summary = result, evaluation.ByHistoryLength, evaluation.ByTargetPopularity, Trainings = trainings });
        Report(result, evaluation, trainings, recipe, split.Dataset.Name).Write(run.File("report.html"));
        Print(parsed, result);
        return 0;
    }

    private static TrainingReport Report(
        TrainingSummary result, RunEvaluation evaluation, IReadOnlyList<TrainingResult> trainings, RunRecipe recipe, string data) => new()
        {
            Model = result.Model,
            Data = data,
            DataHash = result.DataHash,
            Protocol = result.Protocol,
            Seed = result.Seed,
            Test = result.Test,
            Trainings = [.. trainings.Select((training, i) => new NamedTraining(i == 0 ? "training" : "refit", training))],
            Settings = recipe.Settings,
            Slices =
        [
            .. evaluation.ByHistoryLength.Select(slice => Named("length of the history", slice)),
            .. evaluation.ByTargetPopularity.Select(slice => Named("users that have the target", slice)),
        ],
            TotalSeconds = result.TotalSeconds,
            PeakMegabytes = result.PeakMegabytes,
        };

    private static ReportedSlice Named(string by, MetricSlice slice)
    {
        var name = (slice.From, slice.To) switch
        {
            (null, null) => "all",
            (null, { } to) => $"below {to}",
            ({ } from, null) => $"{from} and more",
            ({ } from, { } to) => $"{from} to {to - 1}",
        };
        return new(by, name, slice.Events, new Dictionary<string, double> { ["NDCG@10"] = slice.Mean ?? 0 });
    }

    /// <summary>Defaults, over them the configuration's file, over that the command line.</summary>
    private static RunRecipe Recipe(ParseResult parsed, ModelKind kind)
    {
        var config = parsed.GetValue(_config) is { } path ? RunRecipe.Read(path) : new RunRecipe { Model = kind.Name };
        if (config.Model != kind.Name)
            throw new UsageException($"--config {parsed.GetValue(_config)}: its settings are for '{config.Model}', not for '{kind.Name}'; name that model or another file");
        var settings = kind.Defaults();
        RecipeJson.Merge(settings, config.Settings);
        foreach (var change in parsed.GetValue(_set) ?? []) Set(settings, change);
        if (parsed.GetValue(_control) is { } control) RecipeJson.Set(settings, "backbone.control", Control(kind, control));
        var seed = parsed.GetValue(_seed) ?? config.Seed;
        if (settings["training"] is JsonObject training)
        {
            training["seed"] = seed;
            if (parsed.GetValue(_epochs) is { } epochs) training["epochs"] = epochs;
        }

        return new()
        {
            Model = kind.Name,
            Protocol = parsed.GetValue(_protocol) ?? config.Protocol,
            Core = parsed.GetValue(_core) ?? config.Core,
            MaskSeen = config.MaskSeen && !parsed.GetValue(_repeats),
            Seed = seed,
            Settings = settings,
        };
    }

    private static string Control(ModelKind kind, string name)
    {
        if (kind.Name != "ttt") throw new UsageException($"--control {name}: '{kind.Name}' has no such control; expected model ttt");
        return name switch
        {
            "frozen" => "frozen",
            "zero-rate" => "zeroRate",
            "linear-attention" => "linearAttention",
            _ => throw new UsageException($"--control {name}: expected frozen, zero-rate or linear-attention"),
        };
    }

    private static void Set(JsonObject settings, string change)
    {
        if (change.IndexOf('=', StringComparison.Ordinal) is var at && at < 1)
            throw new UsageException($"--set {change}: expected PATH=VALUE, such as backbone.width=128");
        RecipeJson.Set(settings, change[..at], change[(at + 1)..]);
    }

    private static void Print(ParseResult parsed, TrainingSummary result)
    {
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(result);
            return;
        }

        var epochs = result.Epochs == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"after {result.Epochs} epochs of {result.SecondsPerEpoch:0.00} s, ");
        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Protocol}: Recall@10 {result.Test["recall@10"]:0.0000}, NDCG@10 {result.Test["ndcg@10"]:0.0000}, "
            + $"{epochs}{result.TotalSeconds:0} s in all; "
            + $"seed {result.Seed}, data {result.DataHash} → {result.Run}"));
    }
}
