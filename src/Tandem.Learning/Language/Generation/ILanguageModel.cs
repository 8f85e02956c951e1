using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>A language model that writes tokens behind a prompt: what a search sees of any architecture.</summary>
public interface ILanguageModel
{
    /// <summary>Number of blocks that keep keys and values, hence of layer caches.</summary>
    int Blocks { get; }

    /// <summary>V, number of tokens.</summary>
    int Vocabulary { get; }

    /// <summary>What it computes in, to be changed at any time between two texts: keys and values are cached in that type.</summary>
    ArithmeticKind Arithmetic { get; set; }

    /// <summary>
    /// Reads whole prompts, and gives the states that tell what is written first: of the last token, or, where an encoder reads the prompt,
    /// of the token that a decoder starts from.
    /// </summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, filled with all that later steps see.</param>
    /// <param name="isText">
    /// [B, T] bool, false at the padding before shorter prompts, which changes nothing; null, the default, where there is none.
    /// </param>
    /// <returns>[B, 1, D].</returns>
    Tensor EncodeLast(Tensor tokens, IReadOnlyList<LayerCache> caches, Tensor? isText = null);

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
