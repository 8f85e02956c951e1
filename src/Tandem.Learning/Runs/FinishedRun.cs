using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Learning.Runs;

/// <summary>A finished training that another run takes something from.</summary>
public static class FinishedRun
{
    /// <summary>Its recipe, where it is finished and of the same data.</summary>
    /// <param name="name">What names it, such as <c>lists.cloud</c>, for the message.</param>
    /// <param name="run">Its folder.</param>
    /// <param name="dataset">Of the run that takes from it: content and numbering of items must be the same.</param>
    /// <exception cref="RunException">It is no training run, not finished, or of other data.</exception>
    public static RunRecipe Require(string name, string run, SequenceDataset dataset)
    {
        if (!File.Exists(Path.Combine(run, RunRecipe.FileName)))
        {
            throw new RunException(
                $"{name}: {run} is no training run ({RunRecipe.FileName} is missing); give the folder that 'tandem train' wrote");
        }

        var recipe = RunRecipe.OfRun(run);
        var data = Path.Combine(run, "dataset");
        if (!File.Exists(Path.Combine(run, TrainingJob.WeightsFile)) || !DatasetFolder.Exists(data))
            throw new RunException($"{name}: {run} is not finished ({TrainingJob.WeightsFile} or its data set is missing); train it first");
        var kept = DatasetFolder.Read(data);
        return kept.Hash == dataset.Hash
            ? recipe
            : throw new RunException(
                $"{name}: {run} was trained on '{kept.Name}' ({kept.Hash}, items numbered by seed {kept.Seed}), this is '{dataset.Name}' "
                + $"({dataset.Hash}, seed {dataset.Seed}); give both the same --data and --seed");
    }

    /// <summary>
    /// Its recipe, where its model has also learned no event that a training may not learn: under the same protocol, of one with refit
    /// under that without.
    /// </summary>
    /// <param name="name">What names it, such as <c>transfer.from</c>, for the message.</param>
    /// <param name="run">Its folder.</param>
    /// <param name="job">The training that takes from it.</param>
    /// <exception cref="RunException">As <see cref="Require"/>, or it was trained under another protocol.</exception>
    public static RunRecipe RequireUnseen(string name, string run, TrainingJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var recipe = Require(name, run, job.Dataset);
        var protocol = SplitProtocol.WithoutRefit(job.Split.Protocol);
        return recipe.Protocol == protocol
            ? recipe
            : throw new RunException($"{name} {run}: trained under {recipe.Protocol}, and this is {job.Split.Protocol}; it must not have "
                + $"learned what this training may not: expected {protocol}");
    }
}
