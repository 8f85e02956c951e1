using System.Text.Json.Nodes;
using Tandem.Data.Splits;

namespace Tandem.Learning.Runs;

/// <summary>A model that is trained as a part of another's run, in a folder inside its own that is a run by itself.</summary>
internal static class PartRun
{
    /// <summary>Trains it, continues it, or leaves what is finished.</summary>
    /// <param name="kind">Of the model.</param>
    /// <param name="settings">Of the model; the seed is the job's.</param>
    /// <param name="folder">Of the part.</param>
    /// <param name="job">What it is a part of.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two steps; a later call continues.</param>
    /// <exception cref="RunException">The folder holds another run.</exception>
    public static void Train(
        ModelKind kind, JsonObject settings, string folder, TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        if (settings["training"] is JsonObject training && training.ContainsKey("seed")) training["seed"] = job.Dataset.Seed;
        var run = RunFolder.Choose(folder, "train", kind.Name);
        var recipe = new RunRecipe
        {
            Model = kind.Name,
            Protocol = SplitProtocol.WithoutRefit(job.Split.Protocol),
            MaskSeen = job.MaskSeen,
            Seed = job.Dataset.Seed,
            Settings = settings,
        };
        recipe.RequireFits(run);
        run.Begin(job.Dataset);
        recipe.Save(run.File(RunRecipe.FileName));
        if (run.Holds(TrainingJob.WeightsFile)) return;
        var part = job with { Settings = settings, Run = run, Refit = false };
        (kind.Train(part, progress, cancel).Scorer as IDisposable)?.Dispose();
    }
}
