using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>
/// The backward pass through <see cref="LayerNorm"/>. What the forward pass computed is computed anew: it costs one pass, and no memory.
/// </summary>
internal static class LayerNormGradient
{
    /// <summary>
    /// With x̂ the normalised x and g = γ dy: dx += (g − mean(g) − x̂ mean(g x̂)) / √(variance + ε); dγ += dy x̂; dβ += dy.
    /// </summary>
    /// <param name="x">[D] what was normalised.</param>
    /// <param name="gamma">[D], or empty where the norm has neither γ nor β.</param>
    /// <param name="dy">[D], overwritten.</param>
    /// <param name="dx">[D], added to.</param>
    /// <param name="dGamma">[D], added to, or empty.</param>
    /// <param name="dBeta">[D], added to, or empty.</param>
    /// <param name="scratch">[D or more] overwritten.</param>
    /// <param name="epsilon">ε.</param>
    public static void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> dy, Span<float> dx, Span<float> dGamma, Span<float> dBeta,
        Span<float> scratch, float epsilon = LayerNorm.Epsilon)
    {
        var D = x.Length;
        scratch = scratch[..D];
        TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / D, scratch);
        var scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(scratch) / D + epsilon);
        TensorPrimitives.Multiply(scratch, scale, scratch);                       // x̂
        if (!gamma.IsEmpty)
        {
            TensorPrimitives.MultiplyAdd(dy, scratch, dGamma, dGamma);
            TensorPrimitives.Add(dBeta, dy, dBeta);
            TensorPrimitives.Multiply(dy, gamma, dy);                       // g
        }

        var mean = TensorPrimitives.Sum<float>(dy) / D;
        var along = TensorPrimitives.Dot<float>(dy, scratch) / D;
        TensorPrimitives.Subtract(dy, mean, dy);
        TensorPrimitives.MultiplyAdd(scratch, -along, dy, dy);
        TensorPrimitives.MultiplyAdd(dy, scale, dx, dx);
    }
}
