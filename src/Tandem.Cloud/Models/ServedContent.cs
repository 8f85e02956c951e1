using Tandem.Cloud.Bundles;
using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;

namespace Tandem.Cloud.Models;

/// <summary>What a run's folder brings to a service.</summary>
/// <param name="Dataset">That it was trained on.</param>
/// <param name="Scorer">The model.</param>
/// <param name="Generator">Its lists.</param>
/// <param name="Parameters">What makes weights for users; null for a model that makes none.</param>
/// <param name="Bundle">For devices; null for a model without a device form.</param>
internal sealed record ServedContent(
    SequenceDataset Dataset, IItemScorer Scorer, ICandidateGenerator Generator, UserParameters? Parameters,
    BundleFiles? Bundle)
{
    public static ServedContent Load(string run, RunRecipe recipe, SequenceDataset dataset, BundleSigner? signer)
    {
        var kind = ModelKinds.Find(recipe.Model);
        var scorer = kind.Load(recipe.Settings, dataset, run);
        var parameters = UserParameters.Of(scorer);
        var folder = Path.Combine(run, RunBundle.FolderName);
        var bundle = kind.HasBundle ? BundleFiles.Of(folder, RunBundle.Open(run, folder), signer) : null;
        return new(dataset, scorer, CloudLists.Of(scorer, recipe, dataset), parameters, bundle);
    }
}
