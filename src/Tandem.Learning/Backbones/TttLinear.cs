using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// f(x) = x + LN(x W + b). A mini-batch of n steps: Z = K W + b; G = ∂ℓ/∂Z; M = H ⊙ (1 + Q Kᵀ), H_ik = τᵢ λ_k for k ≤ i, else 0;
/// Z̄ = Q W + b − M G; it writes W ← W − τ_n (diag(λ) K)ᵀ G, b ← b − τ_n λᵀ G. The 1 of M is the bias's gradient.
/// </summary>
internal sealed class TttLinear : TttInnerModel
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // [H, F, F]
    [ComponentName(Name = "bias")] private readonly Parameter _bias;                    // [H, 1, F]
    [ComponentName(Name = "norm")] private readonly TttInnerNorm _norm;

    public TttLinear(int heads, int headWidth, double deviation) : base(nameof(TttLinear))
    {
        _weight = nn.Parameter(randn(heads, headWidth, headWidth) * deviation);
        _bias = nn.Parameter(zeros(heads, 1, headWidth));
        _norm = new TttInnerNorm(heads, headWidth);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Initial => [_weight, _bias];

    /// <inheritdoc/>
    public override TttInnerNorm Norm => _norm;

    /// <inheritdoc/>
    public override (Tensor Read, Tensor[] Written) Chunk(Tensor[] weights, TttChunk chunk, Tensor scale, bool writes)
    {
        using var scope = NewDisposeScope();
        var ((Q, K, V, rates), W, b) = (chunk, weights[0], weights[1]);
        var G = _norm.Gradient(K.matmul(W) + b, V - K);
        var M = (Q.matmul(K.transpose(-1, -2)) + 1) * (scale * rates);                  // [B, H, n, n]
        var read = Q.matmul(W) + b - M.matmul(G);
        Tensor[] written = writes ? [(K.transpose(-1, -2) * rates).matmul(G), rates.matmul(G)] : [];
        foreach (var tensor in written) tensor.MoveToOuterDisposeScope();
        return (read.MoveToOuterDisposeScope(), written);
    }

    /// <inheritdoc/>
    public override Tensor Read(Tensor[] weights, Tensor q)
    {
        using var scope = NewDisposeScope();
        return (q.matmul(weights[0]) + weights[1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor[] Gradients(Tensor[] weights, TttChunk step)
    {
        using var scope = NewDisposeScope();
        var G = _norm.Gradient(Read(weights, step.K), step.V - step.K) * step.Rates;    // [B, H, 1, F]
        var outer = step.K.transpose(-1, -2).matmul(G);
        return [outer.MoveToOuterDisposeScope(), G.MoveToOuterDisposeScope()];
    }
}
