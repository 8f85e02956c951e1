using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tandem.Cli.Models;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Layers;
using Tandem.Learning.Runs;
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

    private static readonly Option<string?> _config =
        new("--config") { Description = "a file of settings, such as configs/beauty/sasrec.json", HelpName = "FILE" };
    private static readonly Option<string?> _preset = CommonOptions.Preset();
    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting by its path, such as backbone.width=128; may be repeated",
        HelpName = "PATH=VALUE",
    };

    private static readonly Option<string[]> _members = new("--member")
    {
        Description = "composite: folder of a finished run, or name of a model that is trained beside it; may be repeated",
        HelpName = "RUN|MODEL",
    };

    private static readonly Option<int?> _epochs = new("--epochs") { Description = "most epochs; short for --set training.epochs=N" };
    private static readonly Option<string?> _control = new("--control")
    {
        Description =
            "ttt with part of its adaptation taken away: frozen, zero-rate or linear-attention; short for --set backbone.control=…",
        HelpName = "NAME",
    };

    private static readonly Option<string?> _parameters = new("--parameters")
    {
        Description = "weights made for each user: none, duet, apg, solid or precision (docs/personal-weights.md); short for "
            + "--set parameters.source=…",
        HelpName = "SOURCE",
    };

    private static readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "language: folder of the open model that is taught; short for --set checkpoint=…",
        HelpName = "DIR",
    };

    private static readonly Option<int?> _lora = new("--lora")
    {
        Description = "language: trains changes of this rank beside frozen weights, in place of every weight; short for --set lora=…",
        HelpName = "RANK",
    };

    private static readonly Option<AcceleratorKind?> _accelerator = new("--accelerator")
    {
        Description = "language: what is computed on; short for --set accelerator=…",
        HelpName = "cpu|cuda",
    };

    private static readonly Option<bool> _repeats = new("--repeats") { Description = "rank items that the user already has, too" };

    public static Command Create()
    {
        var verb = new Command("train", "train a model on a data set and test it once")
        {
            _model, _data, _core, _protocol, _preset, _config, _set, _members, _epochs, _control,
            _parameters, _checkpoint, _lora, _accelerator, _repeats, _seed, _threads, _run, _json,
        };
        verb.Subcommands.Add(TrainTogetherVerb.Create());
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var kind = AskedModel.Find(parsed.GetRequiredValue(_model));
        var recipe = Recipe(parsed, kind);
        kind.Require(recipe.Settings);
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var split = DatasetArgument.Open(parsed.GetRequiredValue(_data), recipe.Protocol, recipe.Seed, recipe.Core);
        LeftToRank.Require(split, validation: false, recipe.MaskSeen, "--repeats");
        var run = RunFolder.Choose(parsed.GetValue(_run), "train", $"{kind.Name}-{split.Dataset.Name}");
        RunStart.Announce(run);
        var trained = WatchedRun.Show(
            progress => TrainingRun.Start(recipe, split, run, progress, parsed.GetRequiredValue(_data), cancel));
        var ((_, trainings, joined), evaluation) = trained;
        var composite = trained.Trained.Composite;
        if (evaluation.Warning(recipe.MaskSeen) is { } warning) Terminal.Error.PrintLine($"warning: {warning}");
        var epochs = trainings.SelectMany(t => t.Epochs).ToArray();
        var result = new TrainingSummary
        {
            Model = kind.Name,
            Protocol = recipe.Describe(),
            Test = evaluation.Metrics,
            TestUnmasked = trained.Unmasked?.Metrics,
            TargetsInHistory = evaluation.TargetsInHistory,
            Validation = trainings.Count > 0 ? trainings[0].BestValidation : composite?.Validation,
            Successors = joined?.Successors,
            Joined = joined is { Contents.Count: > 0 } ? joined : null,
            Composite = composite,
            SecondsPerEpoch = epochs.Length > 0 ? epochs.Average(e => e.Seconds) : 0,
            Epochs = trainings.Count > 0 ? trainings[^1].BestEpoch : 0,
            Seed = recipe.Seed,
            DataHash = split.Dataset.Hash,
            PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
            TotalSeconds = clock.Elapsed.TotalSeconds,
            Run = run.Path,
        };
        run.Record(recipe, split.Dataset,
            new { Summary = result, evaluation.ByHistoryLength, evaluation.ByTargetPopularity, Trainings = trainings });
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
            Notes = evaluation.Warning(recipe.MaskSeen) is { } note ? [note] : [],
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

    private static RunRecipe Recipe(ParseResult parsed, ModelKind kind) => new AskedRecipe(kind, parsed.GetValue(_config))
    {
        Preset = parsed.GetValue(_preset),
        Set = parsed.GetValue(_set) ?? [],
        Members = parsed.GetValue(_members) ?? [],
        Seed = parsed.GetValue(_seed),
        Epochs = parsed.GetValue(_epochs),
        Control = parsed.GetValue(_control),
        Parameters = parsed.GetValue(_parameters),
        Checkpoint = parsed.GetValue(_checkpoint),
        Lora = parsed.GetValue(_lora),
        Accelerator = parsed.GetValue(_accelerator),
        Repeats = parsed.GetValue(_repeats),
        Protocol = parsed.GetValue(_protocol),
        Core = parsed.GetValue(_core),
    }.Resolve();

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
