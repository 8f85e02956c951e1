using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli.Models;

/// <summary>A sequence model around one backbone, trained by <see cref="SequenceRecipe"/>.</summary>
internal sealed class SequenceKind(string name, string description, BackboneOptions backbone) : ModelKind(name, description)
{
    private const int MostEpochs = 80;

    public override JsonObject Defaults() =>
        RecipeJson.ToNode(new SequenceRecipe { Backbone = backbone, Training = new() { Epochs = MostEpochs, Seed = 1 } });

    public override void Require(JsonObject settings) => UsageException.ThrowIfAny(Read(settings).Validate());

    public override TrainedModel Train(TrainingJob job, ISimulationProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        return job.TrainTwice<SequenceModel>(
            Name, progress,
            (sequence, validation, checkpoint, watcher, epochs) => recipe.Train(job.Dataset, sequence, validation, checkpoint, watcher, epochs, cancel),
            model =>
            {
                if (DeviceBundle.CanHold(model)) DeviceBundle.Write(model, job.Run.File("bundle"), DeviceBundleOptions.For(job.Dataset));
                return new SequenceScorer(model);
            });
    }

    public override void TrainTo(TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        using var model = Read(job).Train(job.Dataset, job.Sequence(refit: false), job.Validation, checkpoint, progress, epochs, cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var model = Read(settings).Build(dataset.Catalog.Count);
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return new SequenceScorer(model);
    }

    private static SequenceRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static SequenceRecipe Read(JsonObject settings) => RecipeJson.Read<SequenceRecipe>(settings);
}
