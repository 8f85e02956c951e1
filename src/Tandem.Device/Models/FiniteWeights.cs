using System.Numerics.Tensors;
using Tandem.Protocol;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// Takes tensors out of a file as float32. A NaN or an infinity would spread over every score and leave the device with nothing to
/// recommend, so it is refused at loading, while an older model can still serve. What overflows only when it is multiplied is found by a
/// ranking: <see cref="RankingCheck"/>.
/// </summary>
internal static class FiniteWeights
{
    /// <summary>
    /// Largest absolute value of a weight or of an element of an item's row: a thousand times beyond any that was trained, so that products
    /// of several of them stay finite.
    /// </summary>
    public const float Greatest = 1e6f;

    /// <summary>The same for the scale of a row of int8.</summary>
    public const float GreatestScale = Greatest / Int8Quantisation.GreatestCode;

    /// <summary>The same for what a model has computed: products of weights.</summary>
    public const float GreatestComputed = 1e15f;

    /// <summary>The values where they lie, or converted.</summary>
    /// <exception cref="SafetensorsException">
    /// The tensor is missing, has another shape, or a value that is not finite or beyond <see cref="Greatest"/>.
    /// </exception>
    public static ReadOnlySpan<float> GetFinite(this SafetensorsFile weights, string name, params ReadOnlySpan<int> shape)
    {
        var entry = weights.Get(name, shape);
        var values = entry.Holds<float>() ? entry.As<float>() : entry.ToSingles();
        if (AreWithin(values, Greatest)) return values;
        var what = TensorPrimitives.IsFiniteAll(values) ? $"beyond ±{Greatest}" : "that is not finite";
        throw new SafetensorsException($"tensor {FaultText.Quote(name)} has a value {what}; train and export the model again");
    }

    /// <summary>The same, or of rows of int8 with a scale each code · scale: as packets bring matrices.</summary>
    /// <inheritdoc cref="GetFinite" path="/exception"/>
    public static ReadOnlySpan<float> GetFiniteOrRows(this SafetensorsFile weights, string name, params ReadOnlySpan<int> shape)
    {
        var entry = weights.Get(name, shape);
        if (!entry.Holds<sbyte>()) return weights.GetFinite(name, shape);
        var values = new float[entry.Length];
        var codes = entry.As<sbyte>();
        var scales = weights.Get(PacketTensors.ScaleName(name), shape[0]).As<float>();
        var I = values.Length / scales.Length;
        for (var o = 0; o < scales.Length; o++) Int8Quantisation.Dequantise(codes.Slice(o * I, I), scales[o], values.AsSpan(o * I, I));
        return AreWithin(values, Greatest)
            ? values
            : throw new SafetensorsException($"tensor {FaultText.Quote(name)} has a value beyond ±{Greatest}; ask for another packet");
    }

    /// <summary>Whether no value is a NaN or beyond a bound.</summary>
    public static bool AreWithin(ReadOnlySpan<float> values, float bound) =>
        values.IsEmpty || MathF.Abs(TensorPrimitives.MaxMagnitude(values)) <= bound;
}
