using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Training;
using Tandem.Learning.Tuning;

namespace Tandem.Learning.Runs;

/// <summary>An open language model that is taught a catalogue's users and items; its run is a folder of the same form.</summary>
internal sealed class LanguageKind() : ModelKind("language", "an open language model (--checkpoint) taught the catalogue (for the cloud)")
{
    private const int MostEpochs = 10; // P5's (arXiv 2203.13366)

    public override bool IsCloudModel => true;

    public override bool HasLogProbabilities => true;

    public override JsonObject Defaults()
    {
        // A rate of 1e-3 with warm-up and a limit of 1 for the gradient are P5's.
        var training = new TrainingOptions
        {
            Epochs = MostEpochs,
            Seed = 1,
            Accumulate = 1,
            Optimizer = new() { WarmupSteps = 200, FinalRate = 0.1, ClipNorm = 1 },
        };
        return RecipeJson.ToNode(new LanguageRecipe { Training = training });
    }

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(Read(settings).Validate());

    internal override JsonObject Located(JsonObject settings, string folder, bool typed)
    {
        if (!typed || settings["checkpoint"]?.GetValue<string>() is not { } path) return settings;
        var located = (JsonObject)settings.DeepClone();
        located["checkpoint"] = Path.GetFullPath(path);
        return located;
    }

    public override void RequireParts(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        if (Path.GetFullPath(recipe.Checkpoint!) == Path.GetFullPath(job.Run.Path))
            throw new RunException($"{job.Run.Path}: is the checkpoint itself, which the run would replace; give the run another folder");
        LanguageTuning.Require(recipe);
    }

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job.Settings) with { Lists = Read(job.Settings).Lists with { MaskSeen = job.MaskSeen } };
        var begun = job.Run.Holds(TrainingJob.CheckpointFile) || job.Run.Holds(TrainingJob.WeightsFile);
        var codes = recipe.Writing == ItemWriting.Codes
            ? RunCodes.Of(recipe.Codes, recipe.Training.Seed, job, job.Run.File(TrainingJob.CodesFile), begun, progress, cancel)
            : null;
        var tuning = new LanguageTuning(recipe, job.Dataset, codes);
        ListCalibration? calibration = null;
        return job.TrainTwice<TunedModel>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                tuning.Train(sequences, validation, checkpoint, watcher, epochs, cancel),
            model =>
            {
                model.Dispose();
                new GenerativeLists(job.Sequences(job.Refit).CountByItem(), calibration).Save(job.Run.File(TrainingJob.ListsFile));
                // What is tested is what will be served: read anew, low-rank changes folded.
                return Load(recipe, job.Dataset, codes, job.Run.Path);
            },
            model =>
            {
                if (!recipe.Lists.Calibrate) return;
                var lists = new GenerativeLists(job.Sequences(refit: false).CountByItem(), Calibration: null);
                var cases = tuning.Sampled(job.Validation)!;
                calibration = GenerativeScorer.Calibrate(
                    Scorer(recipe, tuning, model.Checkpoint, lists), cases, recipe.Lists.MaskSeen,
                    done => progress.Report("calibration", done, cases.Count));
            },
            save: model => model.Save(
                job.Run.Path, recipe.Checkpoint!, codes is null ? new Dictionary<string, string>() : RunCodes.Metadata(codes)));
    }

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        var recipe = Read(job.Settings);
        var codes = recipe.Writing == ItemWriting.Codes
            ? RunCodes.Of(
                recipe.Codes, recipe.Training.Seed, job, Path.ChangeExtension(checkpoint, TrainingJob.CodesFile), File.Exists(checkpoint),
                RunCodes.Unwatched, cancel)
            : null;
        new LanguageTuning(recipe, job.Dataset, codes)
            .Train(job.Sequences(refit: false), job.Validation, checkpoint, progress, epochs, cancel).Model.Dispose();
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var codes = recipe.Writing == ItemWriting.Codes ? RunCodes.Load(recipe.Codes, folder, dataset.Catalog) : null;
        return Load(recipe, dataset, codes, folder);
    }

    private static GenerativeScorer Load(LanguageRecipe recipe, SequenceDataset dataset, ItemCodes? codes, string folder)
    {
        // The run has its own copy of the tokenizer: it is read without the folder that it was made from.
        var tuning = new LanguageTuning(recipe with { Checkpoint = folder }, dataset, codes);
        return Scorer(
            recipe, tuning, tuning.Open(), GenerativeLists.Load(Path.Combine(folder, TrainingJob.ListsFile), dataset.Catalog.Count));
    }

    private static GenerativeScorer Scorer(
        LanguageRecipe recipe, LanguageTuning tuning, LanguageCheckpoint checkpoint, GenerativeLists lists)
    {
        var items = tuning.Written(checkpoint);
        return new(
            checkpoint.Model, items.Tokens, lists, recipe.Window, recipe.Lists.Beams,
            prompt: TuningPrompt.Of(recipe, tuning.Instructions(items), checkpoint.HasEncoder));
    }

    private static LanguageRecipe Read(JsonObject settings) => RecipeJson.Read<LanguageRecipe>(settings);
}
