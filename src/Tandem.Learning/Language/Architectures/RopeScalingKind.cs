namespace Tandem.Learning.Language.Architectures;

/// <summary>Ways of slowing rotary angles down.</summary>
public enum RopeScalingKind
{
    /// <summary>All angles alike (position interpolation, arXiv 2306.15595).</summary>
    Linear,

    /// <summary>Slow angles whole, fast ones not at all, those between in proportion to their turns (Llama 3, arXiv 2407.21783).</summary>
    Llama3,
}
