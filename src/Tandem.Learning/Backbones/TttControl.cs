namespace Tandem.Learning.Backbones;

/// <summary>The same model with its adaptation taken away in part: what a claim that it adapts has to be held against.</summary>
public enum TttControl
{
    /// <summary>No control: the model itself.</summary>
    None,

    /// <summary>λ = 0: every step answers f(q; W₀) and sees nothing of the others.</summary>
    ZeroRate,

    /// <summary>
    /// No mini-batch changes the state: each starts at W₀ anew. Unlike at rate 0, a step still sees those before it in its mini-batch,
    /// so this is attention over at most b events.
    /// </summary>
    Frozen,

    /// <summary>
    /// Plain causal linear attention: the gradient is k − v, whatever the state, W₀ = 0, b₀ = 0 and τ = 1, so that Z̄ᵢ =
    /// Σ_{k ≤ i} λ_k (1 + qᵢ · k_k) (v_k − k_k) over the whole history. Projections, λ, rotation and norms are those of the model.
    /// </summary>
    LinearAttention,
}
