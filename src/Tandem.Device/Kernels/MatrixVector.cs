using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>y = W x + b.</summary>
internal static class MatrixVector
{
    /// <param name="weights">[O × I] row-major.</param>
    /// <param name="bias">[O].</param>
    /// <param name="x">[I].</param>
    /// <param name="destination">[O].</param>
    public static void Multiply(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination)
    {
        for (var row = 0; row < destination.Length; row++)
            destination[row] = TensorPrimitives.Dot(weights.Slice(row * x.Length, x.Length), x) + (bias.IsEmpty ? 0 : bias[row]);
    }
}
