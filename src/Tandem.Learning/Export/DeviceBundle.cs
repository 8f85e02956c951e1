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
    public static bool CanHold(SequenceModel model) => DeviceShape.Knows(model.Backbone);

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">A sequence model with a backbone that the device knows.</param>
    /// <param name="name">The bundle's name, such as the data set's.</param>
    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="usesTimes">True where the model was trained with the times of events; of no matter to backbones that ignore them.</param>
    /// <exception cref="NotSupportedException">The device has no runtime for such a model.</exception>
    public static void Write(SequenceModel model, string name, string catalogVersion, string folder, bool usesTimes = false)
    {
        var shape = DeviceShape.Of(model, usesTimes);
        var weights = new SafetensorsWriter();
        using var table = model.Table();
        Checkpoint.AddWeights(model, weights, tensor => tensor == "items.weight" ? table : null);
        Write(weights, shape, name, catalogVersion, folder);
    }

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">A trained DIN.</param>
    /// <param name="name">The bundle's name, such as the data set's.</param>
    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="folder">The bundle's folder.</param>
    public static void Write(Din model, string name, string catalogVersion, string folder)
    {
        var weights = new SafetensorsWriter();
        Checkpoint.AddWeights(model, weights);
        Write(weights, DeviceShape.Of(model), name, catalogVersion, folder);
    }

    private static void Write(SafetensorsWriter weights, BackboneShape shape, string name, string catalogVersion, string folder)
    {
        var manifest = new BundleManifest
        {
            Name = name,
            Version = Convert.ToHexStringLower(SHA256.HashData(weights.ToArray()))[..16],
            CatalogVersion = catalogVersion,
            Backbone = shape,
        };
        Bundle.Write(folder, manifest, weights);
    }
}
