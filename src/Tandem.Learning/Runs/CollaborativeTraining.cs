using System.Globalization;
using Tandem.Data;
using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>
/// LSC4Rec's collaborative training (arXiv 2501.05647) by windows of time that no stage looks beyond: both sides learn the history by
/// themselves, s[:-2-N]; cooperative training adds the cloud's lists for the N events that follow, which its model has not learned; and
/// re-training learns those events themselves, the lists kept, near the weights that it starts from. Each stage is a run by itself.
/// </summary>
/// <remarks>
/// The published program makes lists with a model that has learned their targets, re-trains on events that were learned before, and
/// keeps no list. A last stage re-trains from the independent model without any list: by it one sees what the lists are worth once the
/// new events themselves are there.
/// </remarks>
/// <param name="options">Its settings.</param>
/// <param name="dataset">Of both runs.</param>
/// <param name="folder">Has a folder for each stage.</param>
/// <param name="progress">Who watches.</param>
/// <param name="vectorsFolder">See <see cref="TrainingJob.VectorsFolder"/>.</param>
public sealed class CollaborativeTraining(
    CollaborativeOptions options, SequenceDataset dataset, RunFolder folder, IRunProgress progress, string? vectorsFolder = null)
{
    private const int Depth = 10;
    private const string Retrained = "retrained", Cooperative = "cooperative";

    /// <summary>Trains all stages, or continues with what the folder has of them.</summary>
    /// <returns>The stages, in order, each with its test.</returns>
    /// <exception cref="RunException">A run cannot be used, or the folder holds other stages.</exception>
    public IReadOnlyList<CollaborativeStage> Run(CancellationToken cancel = default)
    {
        RunException.ThrowIfAny(options.Validate());
        var recipe = RequireDevice();
        var (lists, near) = (("lists.cloud", options.Cloud), ("pretrained.anchor", Text(options.Anchor)));
        var independent = Independent(recipe);
        var cooperative = options.ListWeights
            .Select(weight => Train(
                Cooperative, $"{Cooperative}-{Text(weight)}", recipe, weight,
                [From(independent), lists, ("lists.weight", Text(weight))], cancel))
            .ToArray().MaxBy(stage => stage.Validation)!;
        var all = recipe with { Protocol = EarlierTraining.NameOf(0) };
        var chosen = cooperative.ListWeight!.Value;
        var retrained = Train(
            Retrained, Retrained, all, chosen, [From(cooperative), near, lists, ("lists.weight", Text(chosen))], cancel);
        var without = Train($"{Retrained}-without-lists", $"{Retrained}-without-lists", all, null, [From(independent), near], cancel);
        return [independent, Over(cooperative, independent), Over(retrained, cooperative), Over(without, retrained)];
    }

    private static (string, string) From(CollaborativeStage stage) => ("pretrained.run", stage.Run);

    private CollaborativeStage Over(CollaborativeStage stage, CollaborativeStage other) => stage with
    {
        Over = other.Name,
        Interval = PairedBootstrap.Compare(stage.Gains, other.Gains, dataset.Seed),
    };

    private RunRecipe RequireDevice()
    {
        var recipe = FinishedRun.Require("--device", options.Device, dataset);
        var cloud = FinishedRun.Require("--cloud", options.Cloud, dataset);
        if (!ModelKinds.Find(recipe.Model).IsSequenceModel)
        {
            throw new RunException($"--device {options.Device}: '{recipe.Model}' does not learn from lists; expected a run of "
                + ModelKinds.Names(kind => kind.IsSequenceModel));
        }

        return EarlierTraining.AgeIn(cloud.Protocol) is not null && recipe.Protocol == cloud.Protocol
            ? recipe
            : throw new RunException($"--cloud {options.Cloud} was trained under {cloud.Protocol}, --device {options.Device} under "
                + $"{recipe.Protocol}; both learn the history alone: train both with --protocol loo-age-2, say");
    }

    /// <summary>The device's model as it came.</summary>
    private CollaborativeStage Independent(RunRecipe recipe)
    {
        var table = EvaluationTable.Read(options.Device);
        return Stage("independent", options.Device, recipe.Protocol, null, null, table.Ranks.ToArray());
    }

    private CollaborativeStage Train(
        string name, string place, RunRecipe recipe, double? weight, IEnumerable<(string Path, string Value)> changes,
        CancellationToken cancel)
    {
        var run = RunFolder.Choose(folder.File(place), "train", recipe.Model);
        var settings = ModelKinds.Find(recipe.Model).Defaults();
        RecipeJson.Merge(settings, recipe.Settings);
        foreach (var (path, value) in Schedule().Concat(changes)) RecipeJson.Set(settings, path, value);
        var stage = recipe with { Settings = settings, Origin = null, Command = null, Expected = null };
        var split = SplitProtocol.Create(recipe.Protocol, dataset);
        var (trained, evaluation) = TrainingRun.Start(stage, split, run, progress, vectorsFolder, cancel);
        run.Record(stage, dataset, new { evaluation.Metrics, trained.Trainings, trained.Joined });
        return Stage(
            name, run.Path, recipe.Protocol, weight, trained.Joined?.Validation ?? trained.Trainings[0].BestValidation, evaluation.Ranks);
    }

    /// <summary>A stage is short and judged after each epoch.</summary>
    private IEnumerable<(string, string)> Schedule() =>
    [
        ("training.epochs", Text(options.Epochs)), ("training.validateEvery", "1"), ("training.patience", Text(options.Epochs)),
        ("training.optimizer.learningRate", Text(options.LearningRate)),
    ];

    private static CollaborativeStage Stage(
        string name, string run, string protocol, double? weight, double? validation, double[] ranks)
    {
        var metrics = new RankingMetrics(ranks);
        return new(name, run, protocol, weight, validation, metrics.Recall(Depth), metrics.Ndcg(Depth))
        {
            Gains = metrics.NdcgByUser(Depth),
        };
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
