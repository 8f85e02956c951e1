using Tandem.Data;
using Tandem.Learning;
using Tandem.Learning.Backbones;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Export;
using Tandem.Learning.Runs;

namespace Tandem.Cloud.Models;

/// <summary>What a run's folder brings to a service.</summary>
/// <param name="Kind">Of the model, such as <c>sasrec</c>.</param>
/// <param name="Version">Names its weights.</param>
/// <param name="Dataset">That it was trained on.</param>
/// <param name="Scorer">The model.</param>
/// <param name="Generator">Its lists.</param>
/// <param name="Parameters">What makes weights for users; null for a model that makes none.</param>
/// <param name="Bundle">For devices; null for a model without a device form.</param>
internal sealed record ServedContent(
    string Kind, string Version, SequenceDataset Dataset, IItemScorer Scorer, ICandidateGenerator Generator, UserParameters? Parameters,
    BundleFiles? Bundle)
{
    private const int SliceSuccessors = 100; // rows by counts, as a simulation's

    /// <summary>Rows of items for a device without a table; null for a model without a device form.</summary>
    public SliceSource? Slices { get; private init; }

    public static ServedContent Load(string run, SequenceDataset dataset, BundleSigner? signer)
    {
        var recipe = RunRecipe.OfRun(run);
        var kind = ModelKinds.Find(recipe.Model);
        var scorer = kind.Load(recipe.Settings, dataset, run);
        var parameters = UserParameters.Of(scorer);
        var folder = Path.Combine(run, RunBundle.FolderName);
        var bundle = kind.HasBundle ? BundleFiles.Of(folder, RunBundle.Open(run, folder), signer) : null;
        var version = TrainingJob.WeightsHash(run);
        return new(recipe.Model, version, dataset, scorer, CloudLists.Of(scorer, dataset, version), parameters, bundle)
        {
            Slices = bundle is not null && scorer is SequenceScorer own
                ? new(own.Model, dataset.Catalog.Version, bundle.Version, own.Successors, own.Contents, SliceSuccessors)
                : null,
        };
    }
}
