using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Layers;

/// <summary>
/// <see cref="RmsNorm"/> as one node of autograd: with r = (mean x² + ε)^(−1/2) and u = g ⊙ w,
/// ∂x = r u − x r³ ⟨u, x⟩ / D and ∂w = Σ r g ⊙ x.
/// </summary>
/// <remarks>As separate tensor operations forward and backward pass over the rows some fifteen times, here once each.</remarks>
internal sealed class RmsNormRows : autograd.SingleTensorFunction<RmsNormRows>
{
    /// <inheritdoc/>
    public override string Name => nameof(RmsNormRows);

    /// <summary>[..., D] float32 on the CPU.</summary>
    /// <param name="x">[..., D].</param>
    /// <param name="weight">[D].</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor Of(Tensor x, Tensor weight, double epsilon)
    {
        if (is_grad_enabled()) return apply(x, weight, epsilon);
        using var scales = empty(x.shape[..^1]);
        using var rows = x.contiguous();
        return Normalize(rows, weight, epsilon, scales);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = ((Tensor)vars[0]).contiguous();
        var (weight, epsilon) = ((Tensor)vars[1], (double)vars[2]);
        var scales = empty(x.shape[..^1]);
        var y = Normalize(x, weight, epsilon, scales);
        ctx.save_for_backward([x, weight, scales]);
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var gradient = grad_output.contiguous();
        var (dx, dw) = (empty(saved[0].shape), zeros(saved[1].shape));
        Differentiate(
            TensorValues.InPlace<float>(saved[0]), TensorValues.InPlace<float>(saved[1]), TensorValues.InPlace<float>(saved[2]),
            TensorValues.InPlace<float>(gradient), TensorValues.InPlace<float>(dx), TensorValues.InPlace<float>(dw));
        foreach (var tensor in saved) tensor.Dispose();
        return [dx, dw, null!];
    }

    /// <param name="x">[..., D].</param>
    /// <param name="weight">[D].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="scales">Receives r, [...].</param>
    private static Tensor Normalize(Tensor x, Tensor weight, double epsilon, Tensor scales)
    {
        var y = empty(x.shape);
        ReadOnlySpan<float> rows = TensorValues.InPlace<float>(x);
        ReadOnlySpan<float> w = TensorValues.InPlace<float>(weight);
        var normed = TensorValues.InPlace<float>(y);
        var r = TensorValues.InPlace<float>(scales);
        var D = w.Length;
        for (var i = 0; i < r.Length; i++)
        {
            var row = rows.Slice(i * D, D);
            var own = normed.Slice(i * D, D);
            r[i] = (float)(1 / Math.Sqrt(TensorPrimitives.SumOfSquares(row) / (double)D + epsilon));
            TensorPrimitives.Multiply(row, r[i], own);
            TensorPrimitives.Multiply(own, w, own);
        }

        return y;
    }

    private static void Differentiate(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> r, ReadOnlySpan<float> g, Span<float> dx, Span<float> dw)
    {
        var (D, scaled) = (w.Length, new float[w.Length]);
        for (var i = 0; i < r.Length; i++)
        {
            var row = x.Slice(i * D, D);
            var gradient = g.Slice(i * D, D);
            var own = dx.Slice(i * D, D);
            TensorPrimitives.Multiply(row, r[i], scaled);                               // x r
            TensorPrimitives.MultiplyAdd(gradient, scaled, dw, dw);
            TensorPrimitives.Multiply(gradient, w, own);                                // u
            var along = TensorPrimitives.Dot<float>(own, scaled) / D;
            TensorPrimitives.Multiply(scaled, -along, scaled);
            TensorPrimitives.Add(own, scaled, own);
            TensorPrimitives.Multiply(own, r[i], own);                                  // r (u − x r ⟨u, x r⟩ / D)
        }
    }
}
