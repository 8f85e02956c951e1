using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>The backward pass through layer normalisation over rows.</summary>
public static class NormGradient
{
    /// <summary>Adds to the gradient of x, γ and β.</summary>
    /// <param name="layer">Where γ and β lie.</param>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D] what was normalised.</param>
    /// <param name="dy">[N × D], overwritten.</param>
    /// <param name="dx">[N × D], added to.</param>
    /// <param name="gradient">By the layout, added to.</param>
    /// <param name="scratch">[D] overwritten.</param>
    public static void Backward(
        NormLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dy, Span<float> dx, Span<float> gradient,
        Span<float> scratch)
    {
        var gamma = layer.Gamma.Of(weights);
        var dGamma = layer.Gamma.Of(gradient);
        var dBeta = layer.Beta.Of(gradient);
        var D = gamma.Length;
        for (var from = 0; from < x.Length; from += D)
            LayerNormGradient.Backward(x.Slice(from, D), gamma, dy.Slice(from, D), dx.Slice(from, D), dGamma, dBeta, scratch);
    }
}
