using System.CommandLine;
using Tandem.Cli.Models;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Verbs;

/// <summary>The options of a verb that trains a model with weights made for each user, and the trainings.</summary>
internal sealed class ParameterTraining
{
    private readonly Option<string?> _config = new("--config") { Description = "a file of settings", HelpName = "FILE" };
    private readonly Option<string?> _protocol = new("--protocol") { Description = SplitProtocol.Known, HelpName = "NAME" };
    private readonly Option<string?> _run = CommonOptions.Run();
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "one setting by its path, for all that is trained; may be repeated",
        HelpName = "PATH=VALUE",
    };

    /// <param name="source">Where the weights come from if nothing is said; null to train only if it is.</param>
    public ParameterTraining(string? source)
    {
        Source = new("--parameters")
        {
            Description = "where the weights come from: duet, apg, solid or precision",
            HelpName = "SOURCE",
            DefaultValueFactory = _ => source,
        };
        Data = new("--data") { Description = CommonOptions.Data().Description, HelpName = "DIR", Required = source is not null };
    }

    /// <summary><c>--parameters</c>.</summary>
    public Option<string?> Source { get; }

    /// <summary><c>--data</c>.</summary>
    public Option<string?> Data { get; }

    /// <summary><c>--model</c>, of verbs whose argument is another.</summary>
    public static Option<string> Model() => new("--model")
    {
        Description = "what is trained, such as sasrec, gru4rec or din",
        HelpName = "MODEL",
        DefaultValueFactory = _ => "sasrec",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { Data, Source, _config, _protocol, _set, _run }) verb.Options.Add(option);
    }

    /// <summary>The folder of the runs, each in one of its own.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="kind">Name of the kind of run.</param>
    /// <param name="model">Of the model.</param>
    public string Folder(ParseResult parsed, string kind, string model) =>
        RunFolder.Choose(parsed.GetValue(_run), kind, $"{model}-{parsed.GetValue(Source)}").Path;

    /// <summary>Trains one variant; a run that is there is continued.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">Of the model.</param>
    /// <param name="folder">See <see cref="Folder"/>.</param>
    /// <param name="name">Of the variant.</param>
    /// <param name="seed">Of the training.</param>
    /// <param name="changes">Settings by path.</param>
    /// <param name="cancel">Ends the training.</param>
    public TrainedParameters Train(
        ParseResult parsed, string model, string folder, string name, int seed, IEnumerable<string> changes, CancellationToken cancel)
    {
        var kind = AskedModel.Find(model);
        var data = parsed.GetValue(Data) ?? throw new UsageException("--data is missing: a model is trained on it; or name runs");
        var recipe = new AskedRecipe(kind, parsed.GetValue(_config))
        {
            Set = [.. parsed.GetValue(_set) ?? [], .. changes],
            Seed = seed,
            Protocol = parsed.GetValue(_protocol),
        }.Resolve();
        kind.Require(recipe.Settings);
        var split = DatasetArgument.Open(data, recipe.Protocol, seed, recipe.Core);
        var path = Path.Combine(folder, $"{name}-{seed}");
        var run = RunFolder.Choose(path, "train", name);
        Terminal.Error.PrintLine($"{name}, seed {seed}: {path}");
        var trained = WatchedRun.Show(progress => TrainingRun.Start(recipe, split, run, progress, data, cancel));
        run.Record(recipe, split.Dataset, new { trained.Evaluation.Metrics });
        return new(path, split, trained);
    }
}

/// <summary>A trained variant.</summary>
/// <param name="Folder">Of the run.</param>
/// <param name="Split">What it was trained and tested on.</param>
/// <param name="Run">The training.</param>
internal sealed record TrainedParameters(string Folder, ISplit Split, TrainingRun Run);
