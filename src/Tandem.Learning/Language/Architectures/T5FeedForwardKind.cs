namespace Tandem.Learning.Language.Architectures;

/// <summary>Feed-forward layers of <see cref="T5"/>, by their names in a <c>config.json</c>.</summary>
public enum T5FeedForwardKind
{
    /// <summary>W₂ relu(W₁ x) (<c>relu</c>): T5.</summary>
    Relu,

    /// <summary>W₂ (gelu(W₀ x) ⊙ W₁ x) with gelu by tanh (<c>gated-gelu</c>): T5 version 1.1, mT5 and Flan-T5.</summary>
    GatedGelu,

    /// <summary>W₂ (silu(W₀ x) ⊙ W₁ x) (<c>gated-silu</c>).</summary>
    GatedSilu,
}
