using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>silu(W₁ x) ⊙ W₂ x, the gate of a feed-forward layer (GLU Variants Improve Transformer, arXiv 2002.05202).</summary>
internal static class SwiGlu
{
    /// <param name="expanded">[..., 2 M] W₁ x beside W₂ x.</param>
    /// <returns>[..., M].</returns>
    public static Tensor Gate(Tensor expanded)
    {
        using var scope = NewDisposeScope();
        var parts = expanded.chunk(2, dim: -1);
        return (nn.functional.silu(parts[0]) * parts[1]).MoveToOuterDisposeScope();
    }
}
