using Tandem.Learning.Language.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>A language model that continues token sequences: what a search sees of any architecture.</summary>
public interface ICausalModel
{
    /// <summary>Number of blocks that keep keys and values, hence of layer caches.</summary>
    int Blocks { get; }

    /// <summary>States of whole token sequences; the last one of a row tells what follows it.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, filled with keys and values; null in training.</param>
    /// <returns>[B, T, D].</returns>
    Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches = null);

    /// <summary>States of the last tokens of whole sequences, where a search begins. By default the last of <see cref="Encode"/>.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, filled with keys and values of all steps.</param>
    /// <returns>[B, 1, D].</returns>
    Tensor EncodeLast(Tensor tokens, IReadOnlyList<LayerCache> caches)
    {
        using var states = Encode(tokens, caches);
        return states.narrow(1, states.shape[1] - 1, 1);
    }

    /// <summary>States of one further token per beam.</summary>
    /// <param name="tokens">[B, W] int64.</param>
    /// <param name="caches">One per block; each grows by a step.</param>
    /// <returns>[B, W, D].</returns>
    Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches);

    /// <summary>Logits of some tokens as the next one.</summary>
    /// <param name="states">[..., D].</param>
    /// <param name="range">K tokens.</param>
    /// <returns>[..., K].</returns>
    Tensor Logits(Tensor states, TokenRange range);
}
