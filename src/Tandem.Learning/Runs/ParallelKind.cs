using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Contents;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Runs;

/// <summary>The cloud's model that predicts all codes of an item at once, with the learning of the codes before it.</summary>
internal sealed class ParallelKind() : ModelKind("parallel", "all semantic codes of the next item at once (for the cloud)")
{
    private const int MostEpochs = 80;
    private const double WeightScale = 4; // of text: a score is a sum over levels, whose items lie far apart

    public override bool IsCloudModel => true;

    public override bool HasLogProbabilities => true;

    public override IReadOnlyList<Preset> Presets { get; } =
    [
        new("cloud-parallel", "Amazon's sets of some ten thousand items, codes from titles and a trained item table", new()
        {
            ["codes"] = new JsonObject { ["from"] = "both", ["components"] = 256, ["whitening"] = 1 },
            ["text"] = new JsonObject { ["enabled"] = true },
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
        var head = TextHead.Read(recipe.Text, job, progress, cancel);
        double? weight = null;
        (JoinedFit Fit, IReadOnlyList<JoinedContent> Contents)? text = null;
        var all = job.TrainTwice<ParallelModel>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
            {
                var trained = recipe.Train(job.Dataset, codes, sequences, validation, checkpoint, watcher, epochs, cancel);
                if (weight is { } chosen) trained.Model.ScalePopularity(chosen);
                return trained;
            },
            model =>
            {
                TextHead.Save(job, text?.Contents ?? []);
                return Scorer(recipe, model, text?.Contents ?? []);
            },
            model =>
            {
                (var popularity, text) = Join(recipe, model, head, job, progress);
                if (recipe.Loss.PopularityWeight is not null) return;
                weight = popularity;
                model.ScalePopularity(popularity);
            },
            RunCodes.Metadata(codes));
        return all with { Joined = text?.Fit };
    }

    /// <summary>Chooses the weights of popularity and titles, each once more beside the other where there are both.</summary>
    private static (double Popularity, (JoinedFit Fit, IReadOnlyList<JoinedContent> Contents)? Text) Join(
        ParallelRecipe recipe, ParallelModel model, TextHead? head, TrainingJob job, IRunProgress progress)
    {
        var cases = job.Validation;
        var popularity = Popularity([]);
        if (head is null) return (popularity, null);
        var fit = Text();
        var alone = fit.Without;
        if (recipe.Loss.PopularityWeight is null)
        {
            popularity = Popularity([head.Joined(fit)]);
            fit = Text();
        }

        return (popularity, (new() { Contents = [fit], ModelAlone = alone, Validation = fit.Validation }, [head.Joined(fit)]));

        double Popularity(IReadOnlyList<JoinedContent> contents) => recipe.Loss.PopularityWeight ?? PopularityFit.Choose(
            model, contents, cases, job.MaskSeen, done => progress.Report("weight of popularity", done, cases.Count));

        ContentFit Text()
        {
            using var scorer = new ParallelScorer(model, popularity);
            return head.Choose(scorer, cases, job.MaskSeen, progress, WeightScale);
        }
    }

    /// <summary>A weight of popularity that was chosen lies in the model.</summary>
    private static ParallelScorer Scorer(ParallelRecipe recipe, ParallelModel model, IReadOnlyList<JoinedContent> contents) =>
        new(model, recipe.Loss.PopularityWeight ?? 1, contents);

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
        var codes = RunCodes.Load(recipe.Codes, folder, dataset.Catalog);
        var model = recipe.Build(codes);
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return Scorer(recipe, model, TextHead.Load(recipe.Text, folder, codes.Items));
    }

    private static ParallelRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static ParallelRecipe Read(JsonObject settings) => RecipeJson.Read<ParallelRecipe>(settings);
}
