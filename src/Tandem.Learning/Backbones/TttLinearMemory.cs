using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// An inner model x W + b. A mini-batch of n steps: M = H ⊙ (1 + Q Kᵀ), H_ik = τᵢ λ_k for k ≤ i, else 0; Z̄ = Q W + b − M G; it writes
/// W ← W − τ_n (diag(λ) K)ᵀ G, b ← b − τ_n λᵀ G. The 1 of M is the bias's gradient. What G is, is for the derived to say.
/// </summary>
internal abstract class TttLinearMemory(string name) : TttInnerModel(name)
{
    /// <inheritdoc/>
    public override (Tensor Read, Tensor[] Written) Chunk(Tensor[] weights, TttChunk chunk, Tensor scale, bool writes)
    {
        using var scope = NewDisposeScope();
        var (Q, K, W, b) = (chunk.Q, chunk.K, weights[0], weights[1]);
        var (G, rates) = Slope(weights, chunk);
        var M = Q.matmul(K.transpose(-1, -2)).Plus(1) * (scale * rates);                // [B, H, n, n]
        var read = Q.matmul(W).Plus(b) - M.matmul(G);
        Tensor[] written = writes ? [(K.transpose(-1, -2) * rates).matmul(G), rates.matmul(G)] : [];
        foreach (var tensor in written) tensor.MoveToOuterDisposeScope();
        return (read.MoveToOuterDisposeScope(), written);
    }

    /// <inheritdoc/>
    public override Tensor Read(Tensor[] weights, Tensor q)
    {
        using var scope = NewDisposeScope();
        return q.matmul(weights[0]).Plus(weights[1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor[] Gradients(Tensor[] weights, TttChunk step)
    {
        using var scope = NewDisposeScope();
        var (G, rates) = Slope(weights, step);
        var ofBias = G * rates;                                                         // [B, H, 1, F]
        var ofWeight = step.K.transpose(-1, -2).matmul(ofBias);
        return [ofWeight.MoveToOuterDisposeScope(), ofBias.MoveToOuterDisposeScope()];
    }

    /// <summary>G [B, H, n, F], what a step of rate 1 takes from the output at its own key, and the rates [B, H, 1, n].</summary>
    protected abstract (Tensor G, Tensor Rates) Slope(Tensor[] weights, TttChunk chunk);
}
