using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Runs;

/// <summary>A sequence model around one backbone, trained by <see cref="SequenceRecipe"/>.</summary>
/// <param name="kind">Of the backbone.</param>
internal sealed class SequenceKind(BackboneKind kind) : ModelKind(kind.Name, kind.Description)
{
    private const int MostEpochs = 80;

    public override bool IsSequenceModel => true;

    public override bool HasBundle => kind.HasDeviceShape;

    public override bool HasGraph => kind.HasGraph;

    public override JsonObject Defaults() =>
        RecipeJson.ToNode(new SequenceRecipe { Backbone = kind.Defaults, Training = new() { Epochs = MostEpochs, Seed = 1 } });

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(Read(settings).Validate());

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        (SuccessorFit Fit, CountedSuccessors Counted)? chosen = null;
        var trained = job.TrainTwice<SequenceModel>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                recipe.Train(job.Dataset, sequences, validation, checkpoint, watcher, epochs, cancel),
            model => Finish(model, job, job.Refit ? CountAgain(recipe, chosen?.Fit, job) : chosen?.Counted),
            model => chosen = Choose(model, recipe, job, progress));
        return trained with { Successors = chosen?.Fit };
    }

    /// <summary>How counts join the model that has not learned the validation events; null where they are off.</summary>
    private static (SuccessorFit Fit, CountedSuccessors Counted)? Choose(
        SequenceModel model, SequenceRecipe recipe, TrainingJob job, IRunProgress progress)
    {
        if (recipe.Successors is not { Enabled: true } options) return null;
        using var scorer = new SequenceScorer(model);
        return SuccessorFit.CountAndChoose(
            scorer, options, job.Sequences(refit: false), job.Validation, job.MaskSeen,
            (done, all) => progress.Report("weight of successors", done, all));
    }

    /// <summary>Counts of all that the refitted model learned from, joined as was chosen before.</summary>
    private static CountedSuccessors? CountAgain(SequenceRecipe recipe, SuccessorFit? fit, TrainingJob job) => fit is null
        ? null
        : new(SuccessorCounting.Count(recipe.Successors!, job.Sequences(refit: true)), fit.Join);

    /// <summary>Keeps counts and bundle beside the weights.</summary>
    private static SequenceScorer Finish(SequenceModel model, TrainingJob job, CountedSuccessors? successors)
    {
        if (successors is not null) SuccessorFile.Save(job.Run.File(TrainingJob.SuccessorsFile), successors);
        if (DeviceBundle.CanHold(model))
        {
            DeviceBundle.Write(
                model, job.Run.File(RunBundle.FolderName), DeviceBundleOptions.For(job.Dataset) with { Successors = successors });
        }

        return new SequenceScorer(model, successors);
    }

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        using var model = Read(job).Train(
            job.Dataset, job.Sequences(refit: false), job.Validation, checkpoint, progress, epochs, cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var model = recipe.Build(dataset.Catalog.Count);
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return new SequenceScorer(model, recipe.Successors is { Enabled: true }
            ? SuccessorFile.Load(Path.Combine(folder, TrainingJob.SuccessorsFile), model.ItemCount)
            : null);
    }

    private static SequenceRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static SequenceRecipe Read(JsonObject settings) => RecipeJson.Read<SequenceRecipe>(settings);
}
