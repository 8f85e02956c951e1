using System.Numerics.Tensors;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// Takes tensors out of a file as float32. A NaN or an infinity would spread over every score and leave the device with nothing to
/// recommend, so it is refused at loading, while an older model can still serve.
/// </summary>
internal static class FiniteWeights
{
    /// <exception cref="SafetensorsException">The tensor is missing, has another shape, or a value that is not finite.</exception>
    public static float[] GetFinite(this SafetensorsFile weights, string name, params ReadOnlySpan<int> shape)
    {
        var values = weights.Get(name, shape).ToSingles();
        return TensorPrimitives.IsFiniteAll<float>(values)
            ? values
            : throw new SafetensorsException($"tensor '{name}' has a value that is not finite; train and export the model again");
    }
}
