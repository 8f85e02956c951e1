using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>The backward pass through y = W x + b.</summary>
public static class LinearGradient
{
    /// <summary>dx = Wᵀ dy; dW += Σ dy xᵀ; db += Σ dy.</summary>
    /// <param name="layer">Where W and b lie.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="dy">[N × O].</param>
    /// <param name="dx">[N × I], overwritten; empty where it is not wanted.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public static void Backward(
        LinearLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, Span<float> gradient)
    {
        AddWeights(layer, x, dy, gradient);
        if (!dx.IsEmpty) MatrixProduct.Times(dy, layer.Weight.Of(weights), dx);
    }

    /// <summary>dx += Wᵀ dy.</summary>
    /// <param name="layer">Where W lies.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="dy">[N × O].</param>
    /// <param name="dx">[N × I], added to.</param>
    public static void AddInputs(LinearLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> dy, Span<float> dx) =>
        MatrixProduct.Times(dy, layer.Weight.Of(weights), dx, accumulate: true);

    /// <summary>dW += Σ dy xᵀ; db += Σ dy.</summary>
    /// <param name="layer">Where W and b lie.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="dy">[N × O].</param>
    /// <param name="gradient">By the layout, added to.</param>
    public static void AddWeights(LinearLayer layer, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        MatrixProduct.AddOuter(dy, x, layer.Weight.Of(gradient));
        if (layer.Bias.Length > 0) MatrixProduct.AddRows(dy, layer.Bias.Of(gradient));
    }
}
