using System.Text.Json.Nodes;
using Tandem.Data.Preparation;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Runs;

/// <summary>The bundle of a run. One that another model left there, or was written there by hand, never answers for the run.</summary>
public static class RunBundle
{
    /// <summary>Where <c>train</c> and <c>export</c> leave it.</summary>
    public const string FolderName = "bundle";

    /// <summary>Opens a bundle anywhere, as long as it holds the run's model.</summary>
    /// <param name="run">Folder of a training run, or of another run that leaves a bundle.</param>
    /// <param name="folder">Of the bundle.</param>
    /// <exception cref="RunException">There is no bundle, or it is another model's.</exception>
    /// <exception cref="BundleException">The bundle is damaged.</exception>
    public static Bundle Open(string run, string folder)
    {
        var recipe = File.Exists(Path.Combine(run, RunRecipe.FileName)) ? RunRecipe.OfRun(run) : null;
        if (recipe is not null && !ModelKinds.Find(recipe.Model).HasBundle)
        {
            throw new RunException(
                $"{run}: its model '{recipe.Model}' has no device runtime, so there is no bundle of it; "
                + $"expected a run of {ModelKinds.Names(kind => kind.HasBundle)}");
        }

        if (recipe is not null && !Directory.Exists(folder))
        {
            throw new RunException(
                $"{folder}: no such folder; finish the run, or write its bundle with 'tandem export {run} --format bundle'");
        }

        var bundle = Bundle.Open(folder);
        var catalog = DatasetFolder.Read(Path.Combine(run, "dataset")).Catalog;
        var other = bundle.Manifest.CatalogVersion != catalog.Version
            ? $"numbers items by catalogue {bundle.Manifest.CatalogVersion}, the run by {catalog.Version}"
            : recipe is null ? null : Fault(bundle, recipe, run);
        if (other is not null) throw new RunException($"{folder}: {other}; write the run's own with 'tandem export {run} --format bundle'");
        return bundle;
    }

    private static string? Fault(Bundle bundle, RunRecipe recipe, string run)
    {
        var (kind, own) = (
            bundle.Manifest.Backbone.Kind, recipe.Settings["backbone"]?["kind"] is JsonValue named ? named.ToString() : recipe.Model);
        if (kind != own) return $"holds a model of kind '{kind}', but the run's is '{own}'";
        var weights = SafetensorsFile.Load(Path.Combine(run, TrainingJob.WeightsFile)).Tensors;
        // Rows of items may be stored otherwise; all else is as it was trained.
        var shared = bundle.Weights.Tensors.Values
            .Where(t => !t.Name.StartsWith("items.", StringComparison.Ordinal) && weights.ContainsKey(t.Name)).ToArray();
        if (shared.Length == 0) return "holds no tensor of the run's model";
        return shared.FirstOrDefault(t => !t.Bytes.Span.SequenceEqual(weights[t.Name].Bytes.Span)) is { } differs
            ? $"holds other weights than the run ('{differs.Name}' differs)"
            : null;
    }
}
