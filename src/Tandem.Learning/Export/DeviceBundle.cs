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
    public static bool CanHold(SequenceModel model) => model.Backbone is SasRec;

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">Its backbone is a SASRec.</param>
    /// <param name="name">The bundle's name, such as the data set's.</param>
    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="folder">The bundle's folder.</param>
    public static void Write(SequenceModel model, string name, string catalogVersion, string folder)
    {
        if (model.Backbone is not SasRec backbone)
            throw new NotSupportedException($"backbone '{model.Backbone.Kind}' has no device runtime yet; export a sasrec model");
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
}
