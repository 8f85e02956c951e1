namespace Tandem.Learning.Backbones;

/// <summary>The inner model of a TTT layer: what its state is the weights of.</summary>
public enum TttInner
{
    /// <summary>f(x) = x + LN(x W + b): F² + F weights a head.</summary>
    Linear,

    /// <summary>f(x) = x + LN(gelu(x W₁ + b₁) W₂ + b₂), 4 F wide inside: 8 F² + 5 F weights a head.</summary>
    Mlp,
}
