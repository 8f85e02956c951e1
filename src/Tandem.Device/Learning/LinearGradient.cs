using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>The way back through y = W x + b.</summary>
internal static class LinearGradient
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
        dx.Clear();
        if (!dx.IsEmpty) AddInputs(layer, weights, dy, dx);
    }

    /// <summary>dx += Wᵀ dy.</summary>
    /// <param name="layer">Where W lies.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="dy">[N × O].</param>
    /// <param name="dx">[N × I], added to.</param>
    public static void AddInputs(LinearLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> dy, Span<float> dx)
    {
        var I = layer.Inputs;
        var O = layer.Outputs;
        var W = layer.Weight.Of(weights);
        for (var n = 0; n * I < dx.Length; n++)
        {
            var row = dx.Slice(n * I, I);
            for (var o = 0; o < O; o++) TensorPrimitives.MultiplyAdd(W.Slice(o * I, I), dy[n * O + o], row, row);
        }
    }

    /// <summary>dW += Σ dy xᵀ; db += Σ dy.</summary>
    /// <param name="layer">Where W and b lie.</param>
    /// <param name="x">[N × I].</param>
    /// <param name="dy">[N × O].</param>
    /// <param name="gradient">By the layout, added to.</param>
    public static void AddWeights(LinearLayer layer, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        var (I, O) = (layer.Inputs, layer.Outputs);
        var dW = layer.Weight.Of(gradient);
        var db = layer.Bias.Of(gradient);
        for (var n = 0; n * I < x.Length; n++)
        {
            var row = x.Slice(n * I, I);
            var dRow = dy.Slice(n * O, O);
            for (var o = 0; o < O; o++) TensorPrimitives.MultiplyAdd(row, dRow[o], dW.Slice(o * I, I), dW.Slice(o * I, I));
            if (!db.IsEmpty) TensorPrimitives.Add(db, dRow, db);
        }
    }
}
