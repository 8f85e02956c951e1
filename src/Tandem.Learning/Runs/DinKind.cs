using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Runs;

/// <summary>DIN, which reads the history anew for every target.</summary>
internal sealed class DinKind()
    : ModelKind(DinShape.KindName, "attention from each target over the history (slow to rank whole catalogues)")
{
    private const int MostEpochs = 20;

    public override bool HasBundle => true;

    public override bool HasGraph => true;

    public override JsonObject Defaults() => RecipeJson.ToNode(new DinRecipe { Training = new() { Epochs = MostEpochs, Seed = 1 } });

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(Read(settings).Validate());

    public override void RequireParts(TrainingJob job) => RunTerms.Of(Read(job).Parameters, job.Dataset.Catalog, folder: null);

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        var terms = RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, job.Run.Path);
        return job.TrainTwice<Din>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                recipe.Train(job.Dataset, sequences, validation, checkpoint, watcher, epochs, terms, cancel),
            model => Finish(model, job));
    }

    /// <summary>Keeps the factors of personal weights, and the bundle.</summary>
    private static DinScorer Finish(Din model, TrainingJob job)
    {
        var factors = UserParameters.FactorsOf(model, job.Validation, job.Dataset.Seed);
        if (factors is not null) UserParameters.Save(factors, job.Run.File(TrainingJob.FactorsFile));
        DeviceBundle.Write(
            model, job.Run.File(RunBundle.FolderName), DeviceBundleOptions.For(job.Dataset) with { Factors = factors });
        return new DinScorer(model) { Factors = factors };
    }

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        var recipe = Read(job);
        using var model = recipe.Train(
            job.Dataset, job.Sequences(refit: false), job.Validation, checkpoint, progress, epochs,
            RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, folder: null), cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var model = recipe.Build(dataset.Catalog.Count, terms: RunTerms.Load(recipe.Parameters, dataset.Catalog, folder));
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return new DinScorer(model) { Factors = UserParameters.Load(model, Path.Combine(folder, TrainingJob.FactorsFile)) };
    }

    private static DinRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static DinRecipe Read(JsonObject settings) => RecipeJson.Read<DinRecipe>(settings);
}
