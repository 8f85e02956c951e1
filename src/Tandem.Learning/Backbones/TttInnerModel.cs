using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// The model inside a TTT layer. Its weights are the layer's state: each mini-batch takes one gradient step on
/// ℓ = ½ ‖f(k) − v‖² from them, and reads f(q) after it.
/// </summary>
/// <remarks>
/// All gradients of a mini-batch are those at the weights it starts with. Step i reads the weights W − τᵢ Σ_{k ≤ i} λ_k ∂ℓ_k/∂W:
/// λ is a step's own rate, τ a scale of its place. <see cref="Read"/> and <see cref="Gradients"/> are that sentence taken word
/// by word, one event at a time (the primal form); <see cref="Chunk"/> is the same as a few matrix products without the weights of
/// the single steps (the dual form).
/// </remarks>
internal abstract class TttInnerModel(string name) : nn.Module(name)
{
    /// <summary>W₀: each [H, rows, columns]. Learned where the model has any: what it knows before the first event.</summary>
    public abstract IReadOnlyList<Tensor> Initial { get; }

    /// <summary>Its layer norm.</summary>
    public abstract TttInnerNorm Norm { get; }

    /// <summary>A mini-batch in dual form.</summary>
    /// <param name="weights">[B or 1, H, rows, columns] those the mini-batch starts with.</param>
    /// <param name="chunk">Its n steps.</param>
    /// <param name="scale">[n, n] τᵢ where k ≤ i, else 0.</param>
    /// <param name="writes">False where nobody reads <c>Written</c>; it is then empty.</param>
    /// <returns><c>Read</c> [B, H, n, F], the inner model's output before its norm; <c>Written</c>, Σ λ ∂ℓ/∂W of all n steps.</returns>
    public abstract (Tensor Read, Tensor[] Written) Chunk(Tensor[] weights, TttChunk chunk, Tensor scale, bool writes);

    /// <summary>[B, H, 1, F] the inner model's output for one event, before its norm.</summary>
    /// <param name="weights">[B or 1, H, rows, columns].</param>
    /// <param name="q">[B, H, 1, F].</param>
    public abstract Tensor Read(Tensor[] weights, Tensor q);

    /// <summary>λ ∂ℓ/∂W of one event.</summary>
    /// <param name="weights">[B or 1, H, rows, columns].</param>
    /// <param name="step">One step.</param>
    public abstract Tensor[] Gradients(Tensor[] weights, TttChunk step);
}
