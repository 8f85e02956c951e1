using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Runs;

/// <summary>DIN, which reads the history anew for every target.</summary>
internal sealed class DinKind()
    : ModelKind(DinShape.KindName, "attention from each target over the history (slow to rank whole catalogues)")
{
    private const int MostEpochs = 20;

    public override bool TakesWeights => true;

    public override bool HasBundle => true;

    public override bool HasGraph => true;

    public override JsonObject Defaults() => RecipeJson.ToNode(new DinRecipe { Training = new() { Epochs = MostEpochs, Seed = 1 } });

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(Read(settings).Validate());

    public override void RequireParts(TrainingJob job)
    {
        var recipe = Read(job);
        RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, folder: null);
        TransferredRun.Require(recipe, job);
        ItemText.Require(recipe.Text, job.Dataset.Catalog);
    }

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        var start = StartOf(recipe, job, progress, cancel);
        var terms = RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, job.Run.Path);
        var source = TransferredRun.Read(recipe.Transfer, job);
        return job.TrainTwice<Din>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                recipe.Train(job.Dataset, sequences, validation, checkpoint, watcher, epochs, start, terms, source, cancel),
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
            StartOf(recipe, job, Unwatched.Instance, cancel), RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, folder: null),
            TransferredRun.Read(recipe.Transfer, job), cancel).Model;
    }

    private static ItemVectors? StartOf(DinRecipe recipe, TrainingJob job, IRunProgress progress, CancellationToken cancel) =>
        ItemText.StartOf(recipe.Text, ItemText.Read(recipe.Text, job, progress, cancel), recipe.Model.Width);

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
