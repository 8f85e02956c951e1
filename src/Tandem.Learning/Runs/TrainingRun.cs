using Tandem.Data.Splits;

namespace Tandem.Learning.Runs;

/// <summary>
/// Trains a model into a folder and tests it once: what <c>tandem train</c> does, and what a service does that trains again. The folder
/// then holds recipe, data set, weights, logs, the device's bundle where there is a runtime for the model, and the ranks of the test.
/// </summary>
/// <param name="Trained">The model, and how its training went.</param>
/// <param name="Evaluation">Of its test events.</param>
public sealed record TrainingRun(TrainedModel Trained, RunEvaluation Evaluation)
{
    /// <summary>
    /// Of the same events with seen items ranked, too; null but for the cloud's models (<see cref="ModelKind.IsCloudModel"/>).
    /// </summary>
    public RunEvaluation? Unmasked { get; private init; }

    /// <summary>Trains from the start, or continues what the folder holds of the same recipe and data.</summary>
    /// <param name="recipe">Model and settings; checked here.</param>
    /// <param name="split">By the recipe's protocol.</param>
    /// <param name="run">Where everything is kept.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="vectorsFolder">See <see cref="TrainingJob.VectorsFolder"/>.</param>
    /// <param name="cancel">Stops between two steps; a later call continues.</param>
    /// <exception cref="RunException">The settings cannot be used, or the folder holds another run; nothing was written.</exception>
    public static TrainingRun Start(
        RunRecipe recipe, ISplit split, RunFolder run, IRunProgress progress, string? vectorsFolder = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(run);
        var kind = ModelKinds.Find(recipe.Model);
        kind.Require(recipe.Settings);
        recipe = recipe with { Settings = kind.Located(recipe.Settings, run.Path, typed: true) };
        if (SplitProtocol.Refits(recipe.Protocol) && !kind.CanRefit)
        {
            throw new RunException($"'{kind.Name}' cannot be trained under {recipe.Protocol}: validation events choose its weights, and no "
                + "part of it may have learned them; give a protocol without refit");
        }

        var job = new TrainingJob(recipe.Settings, split, SplitProtocol.Refits(recipe.Protocol), recipe.MaskSeen, run)
        {
            VectorsFolder = vectorsFolder,
        };
        kind.RequireParts(job);
        recipe.RequireFits(run);
        run.Begin(split.Dataset);
        recipe.Save(run.File(RunRecipe.FileName));
        var trained = kind.Train(job, progress, cancel);
        var evaluation = RunEvaluation.Of(trained.Scorer, split, recipe.MaskSeen, progress);
        evaluation.Write(run.Path, split, kind.Name, recipe.Seed, recipe.MaskSeen);
        var unmasked = !kind.IsCloudModel ? null
            : recipe.MaskSeen ? RunEvaluation.Of(trained.Scorer, split, maskSeen: false, progress)
            : evaluation;
        return new(trained, evaluation) { Unmasked = unmasked };
    }
}
