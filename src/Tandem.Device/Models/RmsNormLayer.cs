using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>Root-mean-square normalisation over rows.</summary>
/// <param name="Gamma">[D].</param>
internal readonly record struct RmsNormLayer(Slice Gamma)
{
    /// <summary>Adds a norm's tensor, <c>name.weight</c>, to a layout.</summary>
    public static RmsNormLayer Add(ParameterLayout layout, string name, int width) => new(layout.Add($"{name}.weight", width));

    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D].</param>
    /// <param name="y">[N × D], may be <paramref name="x"/> itself.</param>
    public void Apply(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        var gamma = Gamma.Of(weights);
        var D = Gamma.Length;
        for (var from = 0; from < x.Length; from += D) RmsNorm.Normalize(x.Slice(from, D), gamma, y.Slice(from, D));
    }
}
