using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// −log p(item), the sum over an item's levels, in nats: ln V is chance. As in a search, the softmax runs over the codes that continue the
/// prefix to a real item, so the probabilities of all items sum to 1.
/// </summary>
internal static class CodeLoss
{
    /// <summary>The mean over N items.</summary>
    /// <param name="model">Tells what comes next.</param>
    /// <param name="trie">Of the items, all of one length.</param>
    /// <param name="states">[N, L, D] states before each of an item's L learned codes.</param>
    /// <param name="items">[N] what came.</param>
    /// <returns>A scalar in float32.</returns>
    public static Tensor Of(ILanguageModel model, ItemTrie trie, Tensor states, int[] items)
    {
        var loss = zeros(1, device: states.device);
        for (var level = 0; level < trie.Items.Learned; level++)
        {
            var range = trie.Items.Range(level);
            var codes = Array.ConvertAll(items, item => (long)(trie.Items.Of(item)[level] - range.First));
            var logits = TypedProduct.InType(model.Logits(states.select(1, level), range), ScalarType.Float32);
            // 0 for codes that continue an item's prefix at this level, −∞ for all others.
            var choices = TrieMask.Create(trie, Array.ConvertAll(items, item => trie.Prefix(item, level)), range);
            loss = loss.Plus(nn.functional.cross_entropy(logits.Plus(choices.to(states.device)), tensor(codes, device: states.device)));
        }

        return loss;
    }
}
