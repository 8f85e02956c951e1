using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>A baseline that counts or solves in place of training by steps.</summary>
/// <typeparam name="TOptions">Its settings.</typeparam>
/// <param name="name">As on the command line.</param>
/// <param name="description">A few words.</param>
/// <param name="defaults">Settings where none are given.</param>
/// <param name="validate">Lists faults of settings.</param>
/// <param name="train">Settings and what may be learned → model.</param>
/// <param name="save">Writes the model to a path.</param>
/// <param name="load">Reads what <paramref name="save"/> wrote.</param>
internal sealed class CountedKind<TOptions>(
    string name, string description, TOptions defaults, Func<TOptions, IEnumerable<string>> validate,
    Func<TOptions, TrainingSequences, IItemScorer> train, Action<IItemScorer, string> save, Func<string, IItemScorer> load)
    : ModelKind(name, description)
{
    public override JsonObject Defaults() => RecipeJson.ToNode(defaults);

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(validate(RecipeJson.Read<TOptions>(settings)));

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        progress.Report(Name, 0, 1);
        var model = train(RecipeJson.Read<TOptions>(job.Settings), job.Sequences(job.Refit));
        save(model, job.Run.File(TrainingJob.WeightsFile));
        progress.Report(Name, 1, 1);
        return new(model, []);
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var path = Path.Combine(folder, TrainingJob.WeightsFile);
        var model = load(path);
        return model.ItemCount == dataset.Catalog.Count
            ? model
            : throw new RunException(
                $"{path}: a model of {model.ItemCount} items beside a data set of {dataset.Catalog.Count}; train it again");
    }
}

/// <summary>Settings of a model that has none.</summary>
internal sealed record NoOptions;
