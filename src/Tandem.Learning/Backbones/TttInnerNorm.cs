using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// The layer norm inside a TTT layer's inner model, LN(z) = γ ⊙ ẑ + β with ẑ = (z − μ) / σ, and the gradient of the inner loss
/// ℓ = ½ ‖LN(z) − (v − k)‖² through it.
/// </summary>
internal sealed class TttInnerNorm : nn.Module
{
    private const double Epsilon = 1e-6; // within σ, as published

    [ComponentName(Name = "weight")] private readonly Parameter _gamma;                 // [H, 1, F]
    [ComponentName(Name = "bias")] private readonly Parameter _beta;                    // [H, 1, F]

    public TttInnerNorm(int heads, int headWidth) : base(nameof(TttInnerNorm))
    {
        _gamma = nn.Parameter(ones(heads, 1, headWidth));
        _beta = nn.Parameter(zeros(heads, 1, headWidth));
        RegisterComponents();
    }

    /// <summary>q + LN(z), what the inner model answers.</summary>
    /// <param name="q">[B, H, n, F].</param>
    /// <param name="z">[B, H, n, F].</param>
    public Tensor Answer(Tensor q, Tensor z)
    {
        using var scope = NewDisposeScope();
        var normed = nn.functional.layer_norm(z, [z.shape[^1]], eps: Epsilon);
        return addcmul(q + _beta, normed, _gamma, value: 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// G = ∂ℓ/∂z = (g − mean(g) − ẑ · mean(g ⊙ ẑ)) / σ, with r = γ ⊙ ẑ + β − (v − k) and g = γ ⊙ r.
    /// </summary>
    /// <param name="z">[B, H, n, F].</param>
    /// <param name="target">[B, H, n, F] v − k.</param>
    /// <returns>G [B, H, n, F].</returns>
    public Tensor Gradient(Tensor z, Tensor target)
    {
        using var scope = NewDisposeScope();
        var centred = z - z.mean([-1], keepdim: true);
        var scale = (centred.square().mean([-1], keepdim: true) + Epsilon).rsqrt();     // 1 / σ
        var zh = centred * scale;
        var r = addcmul(_beta - target, zh, _gamma, value: 1);
        var g = r * _gamma;
        var G = (g - g.mean([-1], keepdim: true) - zh * (g * zh).mean([-1], keepdim: true)) * scale;
        return G.MoveToOuterDisposeScope();
    }
}
