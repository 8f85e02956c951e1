using Tandem.Device.Kernels;

namespace Tandem.Device.Models;

/// <summary>Layer normalisation over rows.</summary>
/// <param name="Gamma">[D].</param>
/// <param name="Beta">[D].</param>
public readonly record struct NormLayer(Slice Gamma, Slice Beta)
{
    /// <summary>ε of torch's own layer normalisation.</summary>
    public const float Epsilon = LayerNorm.Epsilon;

    /// <summary>Adds a norm's tensors, <c>name.weight</c> and <c>name.bias</c>, to a layout.</summary>
    /// <param name="layout">Of the runner.</param>
    /// <param name="name">As in the bundle, without <c>.weight</c>.</param>
    /// <param name="width">D.</param>
    public static NormLayer Add(ParameterLayout layout, string name, int width) =>
        new(layout.Add($"{name}.weight", width), layout.Add($"{name}.bias", width));

    /// <summary>y = γ ⊙ (x − mean) / √(variance + ε) + β of each row.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D].</param>
    /// <param name="y">[N × D], may be <paramref name="x"/> itself.</param>
    /// <param name="epsilon">ε. Default: torch's.</param>
    public void Apply(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> y, float epsilon = Epsilon)
    {
        var gamma = Gamma.Of(weights);
        var beta = Beta.Of(weights);
        var D = Gamma.Length;
        for (var from = 0; from < x.Length; from += D) LayerNorm.Normalize(x.Slice(from, D), gamma, beta, y.Slice(from, D), epsilon);
    }
}
