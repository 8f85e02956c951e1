using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Verbs;

/// <summary>A finished run with what it was tested on.</summary>
/// <param name="Recipe">Of the run.</param>
/// <param name="Split">By the recipe's protocol.</param>
/// <param name="Scorer">Its model.</param>
internal sealed record OpenedRun(RunRecipe Recipe, ISplit Split, IItemScorer Scorer)
{
    /// <exception cref="RunException">It is no training run, or not finished.</exception>
    public static OpenedRun Open(string folder)
    {
        var recipe = RunRecipe.OfRun(folder);
        var split = SplitProtocol.Create(recipe.Protocol, DatasetFolder.Read(Path.Combine(folder, "dataset")));
        return new(recipe, split, ModelKinds.Find(recipe.Model).Load(recipe.Settings, split.Dataset, folder));
    }
}
