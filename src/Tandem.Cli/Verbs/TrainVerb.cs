using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Cli.Models;
using Tandem.Data.Metrics;
using Tandem.Learning.Training;

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
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int?> _seed = CommonOptions.OptionalSeed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string?> _protocol = new("--protocol")
    {
        Description = "loo, ratio-3-2-5 (and other shares), global-time; with -refit, epochs are chosen on validation events and the model is trained once more with them (default: the configuration's, or loo)",
        HelpName = "NAME",
    };

    private static readonly Option<string?> _config = new("--config") { Description = "a file of settings, such as configs/beauty/sasrec.json", HelpName = "FILE" };
    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting by its path, such as backbone.width=128; may be repeated",
        HelpName = "PATH=VALUE",
    };

    private static readonly Option<int?> _epochs = new("--epochs") { Description = "most epochs; short for --set training.epochs=N" };
    private static readonly Option<bool> _repeats = new("--repeats") { Description = "rank items that the user already has, too" };

    public static Command Create()
    {
        var verb = new Command("train", "train a model on a data set and test it once")
        {
            _model, _data, _protocol, _config, _set, _epochs, _repeats, _seed, _threads, _run, _json,
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
        var seed = parsed.GetValue(_seed) ?? 1;
        var (split, refit) = DatasetArgument.Open(parsed.GetRequiredValue(_data), recipe.Protocol, seed);
        var run = RunFolder.Open(parsed.GetValue(_run), $"{kind.Name}-{split.Dataset.Name}");
        run.Keep(split.Dataset);
        recipe.Save(run.File(RunRecipe.FileName));

        var job = new TrainingJob(recipe.Settings, split, refit, recipe.MaskSeen, run);
        var (scorer, trainings) = WatchedRun.Show(progress => kind.Train(job, progress, cancel));
        var cases = RankedCases.Of(split.Dataset, split.Test.ToArray());
        var metrics = new RankingMetrics(FullRanking.Ranks(scorer, cases, recipe.MaskSeen));
        var epochs = trainings.SelectMany(t => t.Epochs).ToArray();
        var result = new TrainingSummary
        {
            Model = kind.Name,
            Protocol = $"{recipe.Protocol}, full ranking, seen items {(recipe.MaskSeen ? "masked" : "not masked")}, unseen targets kept",
            Test = new() { ["recall@10"] = metrics.Recall(10), ["ndcg@10"] = metrics.Ndcg(10) },
            Validation = trainings.Count > 0 ? trainings[0].BestValidation : null,
            SecondsPerEpoch = epochs.Length > 0 ? epochs.Average(e => e.Seconds) : 0,
            Epochs = trainings.Count > 0 ? trainings[^1].BestEpoch : 0,
            Seed = seed,
            DataHash = split.Dataset.Hash,
            PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
            TotalSeconds = clock.Elapsed.TotalSeconds,
            Run = run.Path,
        };
        run.Record(recipe, split.Dataset, new { Summary = result, Trainings = trainings });
        Print(parsed, result);
        return 0;
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
        if (settings["training"] is JsonObject training)
        {
            if (parsed.GetValue(_seed) is { } seed) training["seed"] = seed;
            if (parsed.GetValue(_epochs) is { } epochs) training["epochs"] = epochs;
        }

        return new()
        {
            Model = kind.Name,
            Protocol = parsed.GetValue(_protocol) ?? config.Protocol,
            MaskSeen = config.MaskSeen && !parsed.GetValue(_repeats),
            Settings = settings,
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

        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Protocol}: Recall@10 {result.Test["recall@10"]:0.0000}, NDCG@10 {result.Test["ndcg@10"]:0.0000} "
            + $"after {result.Epochs} epochs of {result.SecondsPerEpoch:0.00} s, {result.TotalSeconds:0} s in all → {result.Run}"));
    }
}
