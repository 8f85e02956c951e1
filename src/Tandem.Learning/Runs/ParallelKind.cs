using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>The cloud's model that predicts all codes of an item at once, with the learning of the codes before it.</summary>
internal sealed class ParallelKind() : ModelKind("parallel", "all semantic codes of the next item at once (for the cloud)")
{
    private const int MostEpochs = 80;

    public override bool IsCloudModel => true;

    public override bool HasLogProbabilities => true;

    public override IReadOnlyList<Preset> Presets { get; } =
    [
        new("cloud-parallel", "Amazon's sets of some ten thousand items, codes from titles and a trained item table", new()
        {
            ["codes"] = new JsonObject { ["from"] = "both", ["components"] = 256, ["whitening"] = 1 },
            ["training"] = new JsonObject
            {
                ["epochs"] = 40,
                ["validateEvery"] = 4,
                ["optimizer"] = new JsonObject { ["learningRate"] = 0.003, ["warmupSteps"] = 500, ["finalRate"] = 0.05 },
            },
        }),
    ];

    public override JsonObject Defaults() => RecipeJson.ToNode(new ParallelRecipe { Training = new() { Epochs = MostEpochs, Seed = 1 } });

    public override void Require(JsonObject settings)
    {
        var recipe = Read(settings);
        var readsText = recipe.Codes is { File: null, From: not CodeSource.Collaborative };
        RunException.ThrowIfAny(recipe.Validate().Concat(readsText ? recipe.Codes.Text.Validate() : []));
    }

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        var begun = job.Run.Holds(TrainingJob.CheckpointFile) || job.Run.Holds(TrainingJob.WeightsFile);
        var codes = RunCodes.Of(recipe.Codes, recipe.Training.Seed, job, job.Run.File(TrainingJob.CodesFile), begun, progress, cancel);
        double? weight = null;
        return job.TrainTwice<ParallelModel>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
            {
                var trained = recipe.Train(job.Dataset, codes, sequences, validation, checkpoint, watcher, epochs, cancel);
                if (weight is { } chosen) trained.Model.ScalePopularity(chosen);
                return trained;
            },
            model => Scorer(recipe, model),
            model =>
            {
                if (recipe.Loss.PopularityWeight is not null) return;
                var cases = job.Validation;
                weight = PopularityFit.Choose(
                    model, cases, job.MaskSeen, done => progress.Report("weight of popularity", done, cases.Count));
                model.ScalePopularity(weight.Value);
            });
    }

    /// <summary>A weight that was chosen lies in the model.</summary>
    private static ParallelScorer Scorer(ParallelRecipe recipe, ParallelModel model) => new(model, recipe.Loss.PopularityWeight ?? 1);

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        var recipe = Read(job);
        var codes = RunCodes.Of(
            recipe.Codes, recipe.Training.Seed, job, Path.ChangeExtension(checkpoint, TrainingJob.CodesFile), File.Exists(checkpoint),
            RunCodes.Unwatched, cancel);
        using var model = recipe
            .Train(job.Dataset, codes, job.Sequences(refit: false), job.Validation, checkpoint, progress, epochs, cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var codes = RunCodes.Read(recipe.Codes, Path.Combine(folder, TrainingJob.CodesFile), dataset.Catalog);
        var model = recipe.Build(codes);
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return Scorer(recipe, model);
    }

    private static ParallelRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static ParallelRecipe Read(JsonObject settings) => RecipeJson.Read<ParallelRecipe>(settings);
}
