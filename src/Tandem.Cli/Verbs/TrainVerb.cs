using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem train sasrec</c>: trains, tests once, exports the device bundle.</summary>
internal static class TrainVerb
{
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<bool> _refit = new("--refit")
    {
        Description = "choose the number of epochs on validation items, then train once more with them included",
    };

    private static readonly Option<bool> _repeats = new("--repeats") { Description = "rank items that the user already has, too" };
    private static readonly Option<int> _epochs = new("--epochs") { Description = "most epochs", DefaultValueFactory = _ => 80 };
    private static readonly Option<int> _width = new("--width") { DefaultValueFactory = _ => new SasRecOptions().Width };
    private static readonly Option<int> _blocks = new("--blocks") { DefaultValueFactory = _ => new SasRecOptions().Blocks };
    private static readonly Option<int> _heads = new("--heads") { DefaultValueFactory = _ => new SasRecOptions().Heads };
    private static readonly Option<int> _window = new("--window") { Description = "longest history, in items", DefaultValueFactory = _ => new SasRecOptions().Window };
    private static readonly Option<double> _dropout = new("--dropout") { DefaultValueFactory = _ => new SasRecOptions().Dropout };

    public static Command Create()
    {
        var sasrec = new Command("sasrec", "the device's sequence model")
        {
            _data, _refit, _repeats, _epochs, _width, _blocks, _heads, _window, _dropout, _seed, _threads, _run, _json,
        };
        sasrec.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return new Command("train", "train a model on a data set") { sasrec };
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var recipe = Recipe(parsed);
        UsageException.ThrowIfAny(recipe.Validate());
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var (dataset, split) = DatasetArgument.Open(parsed.GetRequiredValue(_data), parsed.GetValue(_seed));
        var run = RunFolder.Open(parsed.GetValue(_run), $"sasrec-{dataset.Name}");
        run.Keep(dataset);

        var refit = parsed.GetValue(_refit);
        var (model, trainings) = WatchedRun.Show(progress => Train(recipe, dataset, split, refit, run, progress, cancel));
        DeviceBundle.Write(model, dataset.Name, dataset.Catalog.Version, run.File("bundle"));

        var mask = recipe.Loss.MaskSeen;
        var users = split.EvaluatedUsers.ToArray();
        var metrics = new RankingMetrics(FullRanking.Ranks(model, new(users, split.TestHistory, split.TestTarget), mask));
        var result = new TrainingSummary
        {
            Model = "sasrec",
            Protocol = (refit ? "loo-refit" : "loo") + $", full ranking, seen items {(mask ? "masked" : "not masked")}, unseen targets kept",
            Test = new() { ["recall@10"] = metrics.Recall(10), ["ndcg@10"] = metrics.Ndcg(10) },
            Validation = trainings[0].BestValidation,
            SecondsPerEpoch = trainings.SelectMany(t => t.Epochs).Average(e => e.Seconds),
            Epochs = trainings[^1].BestEpoch,
            Seed = recipe.Training.Seed,
            DataHash = dataset.Hash,
            PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
            TotalSeconds = clock.Elapsed.TotalSeconds,
            Run = run.Path,
        };
        run.Record(recipe, dataset, new { Summary = result, Trainings = trainings });
        Print(parsed, result);
        return 0;
    }

    private static (SequenceModel Model, TrainingResult[] Trainings) Train(
        SasRecRecipe recipe, SequenceDataset dataset, LeaveOneOut split, bool refit, RunFolder run, ISimulationProgress progress, CancellationToken cancel)
    {
        var validation = new RankedUsers(split.EvaluatedUsers.ToArray(), split.ValidationHistory, split.ValidationTarget);
        var (model, chosen) = recipe.Train(
            dataset, split.Train, validation, run.File("checkpoint.safetensors"), progress.Training("sasrec"), cancel);
        if (!refit) return (model, [chosen]);
        var full = recipe with { Training = recipe.Training with { Epochs = chosen.BestEpoch } };
        var (refitted, last) = full.Train(
            dataset, split.Refit, null, run.File("refit.safetensors"), progress.Training("sasrec, refit"), cancel);
        return (refitted, [chosen, last]);
    }

    private static SasRecRecipe Recipe(ParseResult parsed) => new()
    {
        Backbone = new()
        {
            Width = parsed.GetValue(_width),
            Blocks = parsed.GetValue(_blocks),
            Heads = parsed.GetValue(_heads),
            Window = parsed.GetValue(_window),
            Dropout = parsed.GetValue(_dropout),
        },
        Loss = new() { MaskSeen = !parsed.GetValue(_repeats) },
        Training = new() { Epochs = parsed.GetValue(_epochs), Seed = parsed.GetValue(_seed) },
    };

    private static void Print(ParseResult parsed, TrainingSummary result)
    {
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(result);
            return;
        }

        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Protocol}: Recall@10 {result.Test["recall@10"]:0.0000}, NDCG@10 {result.Test["ndcg@10"]:0.0000} "
            + $"after {result.Epochs} epochs of {result.SecondsPerEpoch:0.00} s, {result.TotalSeconds:0} s in all → {result.Run}"));
    }
}
