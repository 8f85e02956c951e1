using System.Security.Cryptography;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Export;

/// <summary>Writes a trained model as a bundle that the device runtime reads.</summary>
public static class DeviceBundle
{
    /// <summary>True where the device runtime can run the model.</summary>
    public static bool CanHold(SequenceModel model) => model.Backbone is SasRec backbone && IsKnown(backbone.Options);

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">Its backbone is a SASRec with the blocks of its paper.</param>
    /// <param name="name">The bundle's name, such as the data set's.</param>
    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="NotSupportedException">The device has no runtime for such a model.</exception>
    public static void Write(SequenceModel model, string name, string catalogVersion, string folder)
    {
        if (model.Backbone is not SasRec backbone)
            throw new NotSupportedException($"backbone '{model.Backbone.Kind}' has no device runtime yet; export a sasrec model");
        RequireKnownBlocks(backbone.Options);
        var weights = new SafetensorsWriter();
        using var table = model.Table();
        Checkpoint.AddWeights(model, weights, name => name == "items.weight" ? table : null);
        var manifest = new BundleManifest
        {
            Name = name,
            Version = Convert.ToHexStringLower(SHA256.HashData(weights.ToArray()))[..16],
            CatalogVersion = catalogVersion,
            Backbone = new BackboneShape
            {
                Kind = backbone.Kind,
                Items = model.ItemCount,
                Width = backbone.Width,
                Blocks = backbone.Options.Blocks,
                Heads = backbone.Options.Heads,
                Window = backbone.Window,
            },
        };
        Bundle.Write(folder, manifest, weights);
    }

    private static bool IsKnown(SasRecOptions options) =>
        options is { Block: SasRecBlockKind.PreNorm, FeedForwardMultiple: 1, Activation: FeedForwardActivation.Relu };

    /// <summary>A manifest does not say what the blocks are made of, so a device would read any as those it knows.</summary>
    private static void RequireKnownBlocks(SasRecOptions options)
    {
        if (!IsKnown(options))
        {
            throw new NotSupportedException(
                $"sasrec with block {options.Block}, feed-forward multiple {options.FeedForwardMultiple} and activation {options.Activation} "
                + "has no device runtime yet; export a model trained with block PreNorm, multiple 1 and activation Relu");
        }
    }
}
