using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Export;

/// <summary>Writes a trained model as a bundle that the device runtime reads.</summary>
public static class DeviceBundle
{
    /// <summary>True where the device runtime can run the model.</summary>
    public static bool CanHold(SequenceModel model) => KindOf(model) is not null;

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">A sequence model with a backbone that the device knows.</param>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="options">Name, catalogue, storage.</param>
    /// <exception cref="NotSupportedException">The device has no runtime for such a model.</exception>
    public static void Write(SequenceModel model, string folder, DeviceBundleOptions options)
    {
        var kind = KindOf(model) ?? throw new NotSupportedException(
            $"backbone '{model.Backbone.Kind}' has no device runtime yet; "
            + $"export one of {BackboneKinds.Names(kind => kind.HasDeviceShape)}");
        using var table = model.Table();
        Write(model, table, kind.Shape(model, options.UsesTimes), folder, options);
    }

    /// <summary>Replaces what lies in the folder.</summary>
    /// <param name="model">A trained DIN.</param>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="options">Name, catalogue, storage; no counts of successors and no contents.</param>
    /// <exception cref="NotSupportedException">There are such, which no evaluation of DIN joins.</exception>
    public static void Write(Din model, string folder, DeviceBundleOptions options)
    {
        if (options.Successors is not null || options.Contents.Count > 0)
        {
            throw new NotSupportedException(
                "counts of successors and contents do not join DIN's scores, so no evaluation has seen what they would do; leave them out");
        }

        using var table = model.Items.Weight.detach();
        Write(model, table, ShapeOf(model), folder, options);
    }

    private static BackboneKind? KindOf(SequenceModel model) =>
        BackboneKinds.Find(model.Backbone.Kind) is { HasDeviceShape: true } kind ? kind : null;

    private static DinShape ShapeOf(Din model) => new()
    {
        Items = model.ItemCount,
        Width = model.Options.Width,
        Window = model.Window,
        AttentionHidden = model.Options.AttentionHidden,
        Hidden = model.Options.Hidden,
        LastHidden = model.Options.LastHidden,
    };

    private static void Write(nn.Module model, Tensor table, BackboneShape shape, string folder, DeviceBundleOptions options)
    {
        var weights = new SafetensorsWriter();
        // What makes a user's weights stays in the cloud.
        Checkpoint.AddWeights(
            model, weights,
            except: name => name == ItemTensors.Values || name.StartsWith($"{SequenceModel.ParametersName}.", StringComparison.Ordinal));
        var items = options.Items ?? (shape is DinShape ? ItemStorage.Full : ItemStorage.Quantised);
        AddTable(TensorValues.Read(table), shape, items, weights);
        options.Successors?.Table.Write(weights);
        if (items != ItemStorage.None)
            foreach (var content in options.Contents) content.Rows.Write(weights, content.Join.Name);
        options.Popular?.Write(weights);
        var manifest = new BundleManifest
        {
            Name = options.Name,
            Version = Version(weights, options),
            CatalogVersion = options.CatalogVersion,
            Backbone = shape with { Stride = options.Stride },
            Successors = options.Successors?.Join,
            Collaboration = options.Collaboration,
            Contents = options.Contents.Count > 0 ? [.. options.Contents.Select(content => content.Join)] : null,
        };
        Bundle.Write(folder, manifest, weights, options.Keys, options.Factors);
    }

    /// <summary>
    /// Of the weights, of how counts and contents join them, of the rules with a cloud and of the factors of personal weights, for all
    /// decide what is shown.
    /// </summary>
    private static string Version(SafetensorsWriter weights, DeviceBundleOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(weights.ToArray());
        if (options.Successors is not null) hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options.Successors.Join));
        foreach (var content in options.Contents) hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(content.Join));
        if (options.Collaboration is not null) hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options.Collaboration));
        if (options.Factors is not null) hash.AppendData(Encoding.ASCII.GetBytes(options.Factors.Hash));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void AddTable(ReadOnlySpan<float> table, BackboneShape shape, ItemStorage storage, SafetensorsWriter weights)
    {
        var (rows, D) = (shape.Items + 1, shape.Width);
        switch (storage)
        {
            case ItemStorage.Full:
                weights.Add(ItemTensors.Values, table, rows, D);
                break;
            case ItemStorage.Half:
                var halves = new Half[table.Length];
                TensorPrimitives.ConvertToHalf(table, halves);
                weights.Add<Half>(ItemTensors.Values, halves, rows, D);
                break;
            case ItemStorage.Quantised:
                var (codes, scales) = (new sbyte[table.Length], new float[rows]);
                for (var row = 0; row < rows; row++)
                    scales[row] = Int8Quantisation.Quantise(table.Slice(row * D, D), codes.AsSpan(row * D, D));
                weights.Add<sbyte>(ItemTensors.Codes, codes, rows, D);
                weights.Add<float>(ItemTensors.Scales, scales, rows);
                break;
            case ItemStorage.None:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(storage), storage, "no such storage");
        }
    }
}
