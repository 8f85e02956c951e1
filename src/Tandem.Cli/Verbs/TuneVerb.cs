using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Search;
using Tandem.Reports;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem tune sasrec</c>: random configurations of a declared space with successive halving, on validation targets alone.</summary>
internal static class TuneVerb
{
    private static readonly JsonSerializerOptions _recipeJson = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<string?> _run = CommonOptions.Run();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
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

    private static readonly Option<int> _epochs = new("--epochs") { Description = "epochs of the last rung", DefaultValueFactory = _ => 54 };
    private static readonly Option<int> _least = new("--least-epochs") { Description = "fewest epochs of the first rung", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> _eta = new("--eta")
    {
        Description = "of so many trials one goes on, for as many times the epochs",
        DefaultValueFactory = _ => 3,
    };

    public static Command Create()
    {
        var sasrec = new Command("sasrec", "the device's sequence model")
        {
            _data, _space, _configurations, _epochs, _least, _eta, _seed, _threads, _run, _json,
        };
        sasrec.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return new Command("tune", "search the settings of a model on a data set") { sasrec };
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var options = Options(parsed);
        UsageException.ThrowIfAny(options.Validate());
        var file = parsed.GetRequiredValue(_space);
        var space = SearchSpace.Parse(File.ReadAllText(file), file);
        var recipe = new SasRecRecipe { Training = new() { Epochs = options.Epochs, Seed = options.Seed } };
        var settings = JsonSerializer.SerializeToNode(recipe, _recipeJson)!.AsObject();
        space.Check(settings);
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var (dataset, split) = DatasetArgument.Open(parsed.GetRequiredValue(_data), options.Seed);
        var run = RunFolder.Open(parsed.GetValue(_run), $"tune-sasrec-{dataset.Name}");
        run.Keep(dataset);

        var result = WatchedRun.Show(progress => new SuccessiveHalving(
            space, options, settings, $"sasrec, loo, data {dataset.Hash}", run.Path, Trainer(dataset, split, progress)).Run(cancel));
        var report = new SearchReport { Model = "sasrec", Data = dataset.Name, DataHash = dataset.Hash, Space = space, Options = options, Result = result };
        report.Write(run.File("report.html"));
        Print(parsed.GetValue(_json), result, dataset, options, run);
        return 0;
    }

    private static SuccessiveHalvingOptions Options(ParseResult parsed) => new()
    {
        Configurations = parsed.GetValue(_configurations),
        Epochs = parsed.GetValue(_epochs),
        LeastEpochs = parsed.GetValue(_least),
        Eta = parsed.GetValue(_eta),
        Seed = parsed.GetValue(_seed),
    };

    private static TrainToRung Trainer(SequenceDataset dataset, LeaveOneOut split, ISimulationProgress progress)
    {
        var validation = new RankedUsers(split.EvaluatedUsers.ToArray(), split.ValidationHistory, split.ValidationTarget);
        return (settings, folder, epochs, cancel) =>
        {
            var recipe = Read(settings);
            var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(folder)} to epoch {epochs}");
            return RungTraining.Run(
                folder, epochs, (checkpoint, log, rung) => recipe.Train(dataset, split.Train, validation, checkpoint, log, rung),
                progress.Training(name), cancel);
        };
    }

    /// <summary>The recipe of a trial. A value that no recipe can hold is the space's fault; values that do not fit together are the trial's.</summary>
    private static SasRecRecipe Read(JsonObject settings)
    {
        try
        {
            var recipe = settings.Deserialize<SasRecRecipe>(_recipeJson)!;
            var faults = string.Join("; ", recipe.Validate());
            return faults.Length == 0 ? recipe : throw new TrainingException(faults);
        }
        catch (JsonException e)
        {
            throw new UsageException($"--space: a value does not fit the recipe ({e.Message}); whole numbers need \"values\" or \"log2\"");
        }
    }

    private static void Print(bool json, SearchResult result, SequenceDataset dataset, SuccessiveHalvingOptions options, RunFolder run)
    {
        var best = result.Best;
        if (json)
        {
            JsonLine.Print(new
            {
                Model = "sasrec",
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
