using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Cli.Models;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Search;
using Tandem.Reports;

namespace Tandem.Cli.Verbs;

/// <summary>
/// <c>tandem tune MODEL</c>: random configurations of a declared space with successive halving, on validation targets alone.
/// </summary>
internal static class TuneVerb
{
    private const int MostEpochs = 54;

    /// <summary>Settings that something else decides, and what: a search over them would change nothing, or break its rungs.</summary>
    private static readonly Dictionary<string, string> _decidedElsewhere = new()
    {
        ["training.epochs"] = "the rungs do; use --epochs",
        ["loss.maskSeen"] = "the protocol does; use \"maskSeen\" in --config",
    };

    private static readonly Argument<string> _model = new("model") { Description = "as for train", HelpName = "MODEL" };
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int?> _core = CommonOptions.Core();
    private static readonly Option<int?> _seed = CommonOptions.OptionalSeed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string?> _protocol =
        new("--protocol") { Description = $"{SplitProtocol.Known} (default: the configuration's, or loo)", HelpName = "NAME" };
    private static readonly Option<string?> _config = new("--config")
    {
        Description = "settings that the search does not change",
        HelpName = "FILE",
    };
    private static readonly Option<string?> _preset = CommonOptions.Preset();
    private static readonly Option<string> _space = new("--space")
    {
        Description = "the settings to search, as JSON: "
            + "{\"backbone.dropout\": {\"values\": [0.2, 0.4]}, \"training.optimizer.learningRate\": {\"log\": [1e-4, 1e-2]}}",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<int> _configurations = new("--configurations")
    {
        Description = "configurations of the first rung",
        DefaultValueFactory = _ => 27,
    };

    private static readonly Option<int?> _epochs = new("--epochs")
    {
        Description = $"epochs of the last rung (default: the configuration's, or {MostEpochs})",
    };
    private static readonly Option<int> _least = new("--least-epochs")
    {
        Description = "fewest epochs of the first rung",
        DefaultValueFactory = _ => 2,
    };
    private static readonly Option<int> _eta = new("--eta")
    {
        Description = "of so many trials one goes on, for as many times the epochs",
        DefaultValueFactory = _ => 3,
    };

    public static Command Create()
    {
        var verb = new Command("tune", "search a model's settings on a data set, on validation events alone")
        {
            _model, _data, _core, _protocol, _preset, _config, _space, _configurations, _epochs, _least, _eta, _seed, _threads, _run, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var kind = AskedModel.Find(parsed.GetRequiredValue(_model));
        kind.RequireEpochs();
        var asked = new AskedRecipe(kind, parsed.GetValue(_config))
        {
            Preset = parsed.GetValue(_preset),
            Seed = parsed.GetValue(_seed),
            Protocol = parsed.GetValue(_protocol),
            Core = parsed.GetValue(_core),
        };
        var recipe = asked.Resolve();
        var options = Options(parsed, recipe.Seed, parsed.GetValue(_epochs) ?? asked.EpochsSet ?? MostEpochs);
        UsageException.ThrowIfAny(options.Validate());
        var settings = recipe.Settings;
        RecipeJson.Set(settings, "training.epochs", options.Epochs.ToString(CultureInfo.InvariantCulture));
        var space = Space(parsed.GetRequiredValue(_space), settings);
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var split = DatasetArgument.Open(parsed.GetRequiredValue(_data), recipe.Protocol, options.Seed, recipe.Core);
        LeftToRank.Require(split, validation: true, recipe.MaskSeen, "\"maskSeen\": false in --config");
        var run = RunFolder.Choose(parsed.GetValue(_run), "tune", $"tune-{kind.Name}-{split.Dataset.Name}");
        run.Begin(split.Dataset);
        RunStart.Announce(run);

        var result = WatchedRun.Show(progress => new SuccessiveHalving(
            space, options, settings, $"{kind.Name}, {recipe.Describe()}, data {split.Dataset.Hash}", run.Path, Trainer(kind, split,
                recipe.MaskSeen, run, parsed.GetRequiredValue(_data), progress)).Run(cancel));
        var report = new SearchReport
        {
            Model = kind.Name,
            Data = split.Dataset.Name,
            DataHash = split.Dataset.Hash,
            Space = space,
            Options = options,
            Result = result,
        };
        report.Write(run.File("report.html"));
        Print(parsed.GetValue(_json), kind, result, split.Dataset, options, run);
        return 0;
    }

    private static SearchSpace Space(string file, JsonObject settings)
    {
        var space = SearchSpace.Parse(File.ReadAllText(file), file);
        space.Check(settings);
        UsageException.ThrowIfAny(space.Dimensions.Where(d => _decidedElsewhere.ContainsKey(d.Path))
            .Select(d => $"{file}: no search decides '{d.Path}', {_decidedElsewhere[d.Path]}"));
        return space;
    }

    private static SuccessiveHalvingOptions Options(ParseResult parsed, int seed, int epochs) => new()
    {
        Configurations = parsed.GetValue(_configurations),
        Epochs = epochs,
        LeastEpochs = parsed.GetValue(_least),
        Eta = parsed.GetValue(_eta),
        Seed = seed,
    };

    private static TrainToRung Trainer(
        ModelKind kind, ISplit split, bool maskSeen, RunFolder run, string vectorsFolder, IRunProgress progress) =>
        (settings, folder, epochs, cancel) =>
        {
            Require(kind, settings);
            var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(folder)} to epoch {epochs}");
            var job = new TrainingJob(settings, split, Refit: false, maskSeen, run) { VectorsFolder = vectorsFolder };
            return RungTraining.Run(
                folder, epochs, (checkpoint, log, rung) => kind.TrainTo(job, checkpoint, log, rung, cancel), progress.Training(name));
        };

    /// <summary>A value that no recipe can hold is the space's fault; values that do not fit together are the trial's.</summary>
    private static void Require(ModelKind kind, JsonObject settings)
    {
        try
        {
            kind.Require(settings);
        }
        catch (RunException e)
        {
            throw new TrainingException(e.Message);
        }
        catch (RecipeException e)
        {
            throw new UsageException($"--space: a value does not fit the recipe ({e.Message}); whole numbers need \"values\" or \"log2\"");
        }
    }

    private static void Print(
        bool json, ModelKind kind, SearchResult result, SequenceDataset dataset, SuccessiveHalvingOptions options, RunFolder run)
    {
        var best = result.Best;
        if (json)
        {
            JsonLine.Print(new
            {
                Model = kind.Name,
                Validation = best.Validation,
                Trial = best.Number,
                Values = best.Overrides,
                Trials = result.Trials.Count,
                options.Seed,
                DataHash = dataset.Hash,
                Run = run.Path,
            });
            return;
        }

        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"best of {result.Trials.Count} trials: {best.Overrides.ToJsonString()}, validation NDCG@10 {best.Validation:0.0000} "
            + $"→ {run.File("best.json")}, {run.File("report.html")}"));
    }
}
