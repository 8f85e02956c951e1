using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Contents;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
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

    public override void Require(JsonObject settings)
    {
        var recipe = Read(settings);
        RunException.ThrowIfAny(recipe.Validate());
        if (recipe.Parameters is null or { Source: ParameterSourceKind.None }) return;
        using var backbone = recipe.Backbone.Build(new Noise(0));
        if (SequenceModel.FaultOf(backbone, recipe.Parameters) is { } fault) throw new RunException(fault);
    }

    public override void RequireParts(TrainingJob job)
    {
        var recipe = Read(job);
        RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, folder: null);
        TransferredRun.Require(recipe, job);
        TeacherRun.Require(recipe.Distillation, job);
        ItemText.Require(recipe.Text, job.Dataset.Catalog);
    }

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job);
        var text = ItemText.Read(recipe.Text, job, progress, cancel);
        var parts = JoinedParts.Of(recipe.Successors, recipe.Text, text?.Titles, text?.Categories);
        var start = ItemText.StartOf(recipe.Text, text, recipe.Backbone.Width);
        var lists = ListsOf(recipe, job, progress.Report, cancel);
        var pretrained = PretrainedOf(recipe, job);
        var terms = RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, job.Run.Path);
        var source = TransferredRun.Read(recipe.Transfer, job);
        (JoinedFit Fit, CountedSuccessors? Counted, IReadOnlyList<JoinedContent> Contents)? chosen = null;
        var trained = job.TrainTwice<SequenceModel>(
            Name, progress,
            (sequences, validation, checkpoint, watcher, epochs) =>
                recipe.Train(
                    job.Dataset, sequences, validation, checkpoint, watcher, epochs, start, lists, pretrained, terms, source,
                    TeacherRun.Ask(recipe.Distillation, job, sequences, progress.Report, cancel), cancel),
            model => Finish(
                model, job, job.Refit ? chosen?.Fit.Count(parts, job.Sequences(refit: true)) : chosen?.Counted, chosen?.Contents ?? []),
            model => chosen = parts.IsEmpty
                ? null
                : JoinedFit.Choose(model, parts, job.Sequences(refit: false), job.Validation, job.MaskSeen, progress.Report));
        return trained with { Joined = chosen?.Fit };
    }

    private static ListCases? ListsOf(
        SequenceRecipe recipe, TrainingJob job, Action<string, int, int> report, CancellationToken cancel) =>
        recipe.Lists is { Cloud: not null } options
            ? CloudLists.Make(options, job.Split, job.MaskSeen, (done, all) => report("cloud lists", done, all), cancel)
            : null;

    private PretrainedWeights? PretrainedOf(SequenceRecipe recipe, TrainingJob job) =>
        recipe.Pretrained is { Run: { } run } ? PretrainedRun.Read(Name, recipe, run, job) : null;

    /// <summary>Keeps what joins the scores and the bundle beside the weights.</summary>
    private static SequenceScorer Finish(
        SequenceModel model, TrainingJob job, CountedSuccessors? successors, IReadOnlyList<JoinedContent> contents)
    {
        if (successors is not null) SuccessorFile.Save(job.Run.File(TrainingJob.SuccessorsFile), successors);
        if (contents.Count > 0) ContentFile.Save(job.Run.File(TrainingJob.ContentsFile), model.ItemCount, contents);
        var factors = UserParameters.FactorsOf(model, job.Validation, job.Dataset.Seed);
        if (factors is not null) UserParameters.Save(factors, job.Run.File(TrainingJob.FactorsFile));
        if (DeviceBundle.CanHold(model))
        {
            DeviceBundle.Write(
                model, job.Run.File(RunBundle.FolderName),
                DeviceBundleOptions.For(job.Dataset) with
                {
                    Successors = successors,
                    Contents = contents,
                    Factors = factors,
                });
        }

        return new SequenceScorer(model, successors, contents) { Factors = factors };
    }

    public override void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel)
    {
        var recipe = Read(job);
        var start = ItemText.StartOf(
            recipe.Text, ItemText.Read(recipe.Text, job, Unwatched.Instance, cancel), recipe.Backbone.Width);
        var sequences = job.Sequences(refit: false);
        using var model = recipe.Train(
            job.Dataset, sequences, job.Validation, checkpoint, progress, epochs, start,
            ListsOf(recipe, job, (_, _, _) => { }, cancel), PretrainedOf(recipe, job),
            RunTerms.Of(recipe.Parameters, job.Dataset.Catalog, folder: null), TransferredRun.Read(recipe.Transfer, job),
            TeacherRun.Ask(recipe.Distillation, job, sequences, (_, _, _) => { }, cancel), cancel).Model;
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var model = recipe.Build(dataset.Catalog.Count, terms: RunTerms.Load(recipe.Parameters, dataset.Catalog, folder));
        Checkpoint.LoadWeights(model, Path.Combine(folder, TrainingJob.WeightsFile));
        var (successors, contents) = (
            Path.Combine(folder, TrainingJob.SuccessorsFile), Path.Combine(folder, TrainingJob.ContentsFile));
        return new SequenceScorer(
            model,
            recipe.Successors is { Enabled: true } ? SuccessorFile.Load(successors, model.ItemCount) : null,
            recipe.Text is { Enabled: true } && File.Exists(contents) ? ContentFile.Load(contents, model.ItemCount) : [])
        {
            Factors = UserParameters.Load(model, Path.Combine(folder, TrainingJob.FactorsFile)),
        };
    }

    private static SequenceRecipe Read(TrainingJob job)
    {
        var recipe = Read(job.Settings);
        return recipe with { Loss = recipe.Loss with { MaskSeen = job.MaskSeen } };
    }

    private static SequenceRecipe Read(JsonObject settings) => RecipeJson.Read<SequenceRecipe>(settings);
}
