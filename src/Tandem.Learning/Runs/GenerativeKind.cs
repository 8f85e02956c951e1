using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Contents;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Training;
using Tandem.Protocol;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Runs;

/// <summary>The cloud's language model that writes the next item code by code, with the learning of the codes before it.</summary>
internal sealed class GenerativeKind() : ModelKind("generative", "semantic codes of the next item one by one, by beams (for the cloud)")
{
    private const int MostEpochs = 60;

    public override bool IsCloudModel => true;

    public override bool HasLogProbabilities => true;

    public override IReadOnlyList<Preset> Presets { get; } =
    [
        new("cloud-tiny", "tests and trials: seconds on some hundred users, codes from the words of titles", new()
        {
            ["codes"] = new JsonObject
            {
                ["levels"] = 2,
                ["codebookSize"] = 16,
                ["text"] = new JsonObject { ["encoder"] = "tfidf" },
            },
            ["model"] = new JsonObject { ["width"] = 32, ["blocks"] = 2, ["heads"] = 2, ["hidden"] = 64, ["dropout"] = 0.1 },
            ["window"] = 20,
            ["lists"] = new JsonObject { ["beams"] = 20, ["validationBeams"] = 10, ["validationUsers"] = 500 },
            ["training"] = new JsonObject { ["epochs"] = 20, ["optimizer"] = new JsonObject { ["learningRate"] = 0.01 } },
        }),
        new("cloud-small", "Amazon's sets of some ten thousand items, codes from titles and a trained item table", new()
        {
            ["codes"] = new JsonObject { ["from"] = "both", ["components"] = 128, ["whitening"] = 1 },
            ["text"] = new JsonObject { ["enabled"] = true },
            ["itemBudget"] = 128,
            ["training"] = new JsonObject
            {
                ["epochs"] = 24,
                ["validateEvery"] = 4,
                ["optimizer"] = new JsonObject
                {
                    ["learningRate"] = 0.002,
                    ["warmupSteps"] = 300,
                    ["finalRate"] = 0.02,
                    ["weightDecay"] = 0.05,
                },
            },
        }),
    ];

    public override JsonObject Defaults() =>
        RecipeJson.ToNode(new GenerativeRecipe { Training = new() { Epochs = MostEpochs, Seed = 1 } });

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
        ContentFit? text = null;
        ListCalibration? calibration = null;
        var trained = job.TrainTwice<Llama>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                recipe.Train(job.Dataset, codes, sequences, validation, checkpoint, watcher, epochs, cancel),
            model =>
            {
                var lists = new GenerativeLists(job.Sequences(job.Refit).CountByItem(), calibration);
                lists.Save(job.Run.File(TrainingJob.ListsFile));
                // With it the run's folder is an open model of its own: to be written with, or to be taught another catalogue.
                var options = recipe.Model with { Vocabulary = recipe.Model.Vocabulary ?? codes.ToTokens().Vocabulary };
                if (LlamaConfig.Write(options) is { } config)
                    DurableFile.WriteText(job.Run.File(LlamaConfig.FileName), config.ToJsonString());
                TextHead.Save(job, Contents());
                return Scorer(recipe, model, codes, lists, Contents());
            },
            model =>
            {
                var lists = new GenerativeLists(job.Sequences(refit: false).CountByItem(), Calibration: null);
                var cases = recipe.Sample(job.Validation);
                text = head?.Choose(Scorer(recipe, model, codes, lists, []), cases, recipe.Lists.MaskSeen, progress);
                if (!recipe.Lists.Calibrate) return;
                calibration = GenerativeScorer.Calibrate(
                    Scorer(recipe, model, codes, lists, Contents()), cases, recipe.Lists.MaskSeen,
                    done => progress.Report("calibration", done, cases.Count));
            },
            RunCodes.Metadata(codes));
        return text is null
            ? trained
            : trained with { Joined = new() { Contents = [text], ModelAlone = text.Without, Validation = text.Validation } };

        IReadOnlyList<JoinedContent> Contents() => text is null ? [] : [head!.Joined(text)];
    }

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        var recipe = Read(job);
        var codes = RunCodes.Of(
            recipe.Codes, recipe.Training.Seed, job, Path.ChangeExtension(checkpoint, TrainingJob.CodesFile), File.Exists(checkpoint),
            RunCodes.Unwatched, cancel);
        using var model = recipe.Train(
            job.Dataset, codes, job.Sequences(refit: false), job.Validation, checkpoint, progress, epochs, cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var codes = RunCodes.Load(recipe.Codes, folder, dataset.Catalog);
        var model = recipe.Build(codes.ToTokens());
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        return Scorer(
            recipe, model, codes, GenerativeLists.Load(Path.Combine(folder, TrainingJob.ListsFile), codes.Items),
            TextHead.Load(recipe.Text, folder, codes.Items));
    }

    private static GenerativeScorer Scorer(
        GenerativeRecipe recipe, Llama model, ItemCodes codes, GenerativeLists lists, IReadOnlyList<JoinedContent> contents) =>
        new(model, codes.ToTokens(), lists, recipe.Window, recipe.Lists.Beams, contents);

    private static GenerativeRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Lists = recipe.Lists with { MaskSeen = job.MaskSeen } };
    }

    private static GenerativeRecipe Read(JsonObject settings) => RecipeJson.Read<GenerativeRecipe>(settings);
}
