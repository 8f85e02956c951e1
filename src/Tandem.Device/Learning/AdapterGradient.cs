using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Parameters;

namespace Tandem.Device.Learning;

/// <summary>y = x + B (A x) and its backward pass.</summary>
internal static class AdapterGradient
{
    /// <param name="adapter">Where A and B lie.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[D].</param>
    /// <param name="inner">[R] receives A x, which the backward pass needs.</param>
    /// <param name="y">[D].</param>
    public static void Forward(Adapter adapter, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> inner, Span<float> y)
    {
        MatrixVector.Multiply(adapter.Down.Of(weights), [], x, inner);
        var up = adapter.Up.Of(weights);
        for (var d = 0; d < x.Length; d++)
        {
            var sum = x[d];
            for (var r = 0; r < inner.Length; r++) sum += up[d * AdapterForm.Rank + r] * inner[r];
            y[d] = sum;
        }
    }

    /// <summary>dx = dy + Aᵀ (Bᵀ dy); dA += (Bᵀ dy) xᵀ; dB += dy (A x)ᵀ.</summary>
    /// <param name="adapter">Where A and B lie.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[D].</param>
    /// <param name="inner">[R] A x.</param>
    /// <param name="dy">[D].</param>
    /// <param name="dx">[D], overwritten.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public static void Backward(
        Adapter adapter, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, ReadOnlySpan<float> inner, ReadOnlySpan<float> dy,
        Span<float> dx, Span<float> gradient)
    {
        const int R = AdapterForm.Rank;
        var up = adapter.Up.Of(weights);
        var dUp = adapter.Up.Of(gradient);
        Span<float> dInner = stackalloc float[R];
        dInner.Clear();
        for (var d = 0; d < dy.Length; d++)
        {
            for (var r = 0; r < R; r++)
            {
                dInner[r] += up[d * R + r] * dy[d];
                dUp[d * R + r] += inner[r] * dy[d];
            }
        }

        dy.CopyTo(dx);
        var down = adapter.Down.Of(weights);
        var dDown = adapter.Down.Of(gradient);
        for (var r = 0; r < R; r++)
        {
            var row = dDown.Slice(r * x.Length, x.Length);
            TensorPrimitives.MultiplyAdd(x, dInner[r], row, row);
            TensorPrimitives.MultiplyAdd(down.Slice(r * x.Length, x.Length), dInner[r], dx, dx);
        }
    }
}
