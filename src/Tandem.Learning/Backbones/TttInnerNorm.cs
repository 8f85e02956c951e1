using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// The layer norm inside a TTT layer's inner model, LN(z) = γ ⊙ ẑ + β with ẑ = (z − μ) / σ, and the gradient of the inner loss
/// ℓ = ½ ‖r‖², r = LN(z) − (v − k), through it. With the surprise gate a step's rate is multiplied by 2 σ(w · ln(2 ℓ / F) + c).
/// </summary>
internal sealed class TttInnerNorm : nn.Module
{
    private const double Epsilon = 1e-6;     // within σ, as published
    private const double LeastLoss = 1e-6;   // so that its logarithm is finite

    [ComponentName(Name = "weight")] private readonly Parameter _gamma;                         // [H, 1, F]
    [ComponentName(Name = "bias")] private readonly Parameter _beta;                            // [H, 1, F]
    [ComponentName(Name = "surprise_weight")] private readonly Parameter? _surpriseWeight;      // w [H, 1, 1]
    [ComponentName(Name = "surprise_bias")] private readonly Parameter? _surpriseBias;          // c [H, 1, 1]

    public TttInnerNorm(int heads, int headWidth, bool surprise) : base(nameof(TttInnerNorm))
    {
        _gamma = nn.Parameter(ones(heads, 1, headWidth));
        _beta = nn.Parameter(zeros(heads, 1, headWidth));
        // Both at 0: the gate starts at 1, as if there were none.
        if (surprise) (_surpriseWeight, _surpriseBias) = (nn.Parameter(zeros(heads, 1, 1)), nn.Parameter(zeros(heads, 1, 1)));
        RegisterComponents();
    }

    /// <summary>True where the loss tells on the rates.</summary>
    public bool HasSurprise => _surpriseWeight is not null;

    /// <summary>γ [H, 1, F].</summary>
    public Tensor Gamma => _gamma;

    /// <summary>β [H, 1, F].</summary>
    public Tensor Beta => _beta;

    /// <summary>q + LN(z), what the inner model answers.</summary>
    /// <param name="q">[B, H, n, F].</param>
    /// <param name="z">[B, H, n, F].</param>
    public Tensor Answer(Tensor q, Tensor z)
    {
        using var scope = NewDisposeScope();
        var normed = nn.functional.layer_norm(z, [z.shape[^1]], eps: Epsilon);
        return addcmul(q.Plus(_beta), normed, _gamma, value: One).MoveToOuterDisposeScope();
    }

    /// <summary>G = ∂ℓ/∂z = (g − mean(g) − ẑ · mean(g ⊙ ẑ)) / σ with g = γ ⊙ r, and the rates after the surprise gate.</summary>
    /// <param name="z">[B, H, n, F].</param>
    /// <param name="target">[B, H, n, F] v − k.</param>
    /// <param name="rates">[B, H, 1, n] λ.</param>
    public (Tensor G, Tensor Rates) Gradient(Tensor z, Tensor target, Tensor rates)
    {
        using var scope = NewDisposeScope();
        var centred = z - z.mean([-1], keepdim: true);
        var scale = centred.Squared().mean([-1], keepdim: true).Plus(Epsilon).rsqrt();          // 1 / σ
        var zh = centred * scale;
        var r = addcmul(_beta - target, zh, _gamma, value: One);
        var g = r * _gamma;
        var G = (g - g.mean([-1], keepdim: true) - zh * (g * zh).mean([-1], keepdim: true)) * scale;
        var gated = _surpriseWeight is null ? rates : rates * Surprise(r);
        return (G.MoveToOuterDisposeScope(), gated.MoveToOuterDisposeScope());
    }

    /// <summary>[B, H, 1, n].</summary>
    private Tensor Surprise(Tensor r)
    {
        var logLoss = r.Squared().mean([-1], keepdim: true).Plus(LeastLoss).log();              // [B, H, n, 1]
        return (logLoss * _surpriseWeight!).Plus(_surpriseBias!).sigmoid().transpose(-1, -2).Times(2);
    }
}
