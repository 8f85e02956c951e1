using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>A language model that reads and writes one sequence: every state tells what follows its token.</summary>
public interface ICausalModel : ILanguageModel
{
    /// <summary>States of whole token sequences; the last one of a row tells what follows it.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, filled with keys and values; null in training.</param>
    /// <returns>[B, T, D].</returns>
    Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches = null);
}
