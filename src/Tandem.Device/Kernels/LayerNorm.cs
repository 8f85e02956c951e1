using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>y = (x − mean) / √(variance + ε) · γ + β, with the biased variance (arXiv 1607.06450).</summary>
internal static class LayerNorm
{
    /// <summary>torch's default.</summary>
    public const float Epsilon = 1e-5f;

    /// <param name="x">[D].</param>
    /// <param name="gamma">[D].</param>
    /// <param name="beta">[D].</param>
    /// <param name="destination">[D], may be <paramref name="x"/> itself.</param>
    /// <param name="epsilon">ε.</param>
    public static void Normalize(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination, float epsilon = Epsilon)
    {
        var mean = TensorPrimitives.Sum(x) / x.Length;
        TensorPrimitives.Subtract(x, mean, destination);
        var scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(destination) / x.Length + epsilon);
        TensorPrimitives.Multiply(destination, scale, destination);
        if (!gamma.IsEmpty) TensorPrimitives.MultiplyAdd(destination, gamma, beta, destination);
    }
}
