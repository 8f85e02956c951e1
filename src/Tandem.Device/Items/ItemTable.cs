using System.Numerics.Tensors;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Items;

/// <summary>Reads a bundle's item table, [V + 1 × D] with row 0 for padding, in the storage in which it was exported.</summary>
internal static class ItemTable
{
    /// <summary>The table; null where the bundle has none.</summary>
    /// <exception cref="SafetensorsException">A tensor has another shape or type, or a value that is not finite.</exception>
    public static ItemRows? Read(SafetensorsFile weights, BackboneShape shape)
    {
        var (count, D) = (shape.Items + 1, shape.Width);
        if (weights.Tensors.ContainsKey(ItemTensors.Codes))
            return new QuantisedRows(ReadCodes(weights.Get(ItemTensors.Codes, count, D)), ReadScales(weights, count), D);
        if (!weights.Tensors.TryGetValue(ItemTensors.Values, out var values)) return null;
        if (values.Type == TensorType.F16) return ReadHalves(weights.Get(ItemTensors.Values, count, D), D);
        return new SingleRows(weights.GetFinite(ItemTensors.Values, count, D).ToArray(), D);
    }

    private static sbyte[] ReadCodes(TensorEntry entry) => entry.As<sbyte>().Contains(sbyte.MinValue)
        ? throw new SafetensorsException(
            $"tensor '{ItemTensors.Codes}' has a code {sbyte.MinValue}, expected −127 to 127; export the model again")
        : entry.As<sbyte>().ToArray();

    private static float[] ReadScales(SafetensorsFile weights, int count)
    {
        var scales = weights.GetFinite(ItemTensors.Scales, count);
        return !scales.ContainsAnyExceptInRange(0, FiniteWeights.GreatestScale)
            ? scales.ToArray()
            : throw new SafetensorsException(
                $"tensor '{ItemTensors.Scales}' has a scale that is not 0 to {FiniteWeights.GreatestScale}; export the model again");
    }

    private static HalfRows ReadHalves(TensorEntry entry, int width)
    {
        var rows = entry.As<Half>().ToArray();
        return TensorPrimitives.IsFiniteAll<Half>(rows)
            ? new(rows, width)
            : throw new SafetensorsException($"tensor '{entry.Name}' has a value that is not finite; train and export the model again");
    }
}
