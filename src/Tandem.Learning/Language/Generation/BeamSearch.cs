using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>
/// Beam search over the trie of items. Every result is a real item that is not excluded, no item comes twice, and its score is
/// log p(item | prompt) = Σ log p(token | prompt, earlier tokens), each over the tokens that lead to items; a step that the model has not
/// learned counts by the items' shares in the training events (<see cref="ItemTrie.LogShare"/>).
/// </summary>
public sealed class BeamSearch(ILanguageModel model, ItemTrie trie)
{
    /// <summary>The best items for a group of prompts.</summary>
    /// <param name="prompts">B prompts of at least one token each; shorter ones cost as much as the longest.</param>
    /// <param name="excluded">For each prompt the items it must not return.</param>
    /// <param name="beams">W: beams kept at each step and items returned at the most; below 1 nothing is returned.</param>
    /// <returns>B lists, best first, fewer than W only where fewer items are allowed or can be reached.</returns>
    public IReadOnlyList<(int Item, float LogProbability)>[] Search(
        IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyCollection<int>> excluded, int beams)
    {
        if (beams < 1) return [.. prompts.Select(_ => Array.Empty<(int, float)>())];
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        try
        {
            var groups = excluded.Select(items => new Beams(trie, trie.CountExcluded(items), beams)).ToArray();
            var (tokens, isText) = PromptBatch.Of(prompts);
            var states = model.EncodeLast(tokens, caches, isText);                          // [B, 1, D]
            for (var step = 0; ; step++)
            {
                if (step < trie.Items.Learned) Expand(groups, states, trie.Items.Range(step));
                else Array.ForEach(groups, group => group.ExpandByShare());
                if (Array.TrueForAll(groups, group => group.AreComplete)) break;
                if (step + 1 >= trie.Items.Learned) continue;
                if (step > 0) Reorder(caches, groups);
                states.Dispose();
                states = model.Advance(NewTokens(groups), caches);                         // [B, W, D]
            }

            return [.. groups.Select(g => g.Results())];
        }
        finally
        {
            foreach (var cache in caches) cache.Dispose();
        }
    }

    /// <param name="groups">B groups, each advanced by one step.</param>
    /// <param name="states">[B, W or 1, D].</param>
    /// <param name="range">The K tokens of the step.</param>
    private void Expand(Beams[] groups, Tensor states, TokenRange range)
    {
        using var scope = NewDisposeScope();
        var logits = model.Logits(states, range);                                       // [B, W or 1, K]
        var size = (int)logits.shape[1] * range.Count;
        var values = TensorValues.Read(logits);
        for (var b = 0; b < groups.Length; b++) groups[b].Expand(values.Slice(b * size, size), range);
    }

    private static void Reorder(LayerCache[] caches, Beams[] groups)
    {
        using var parents = tensor(groups.SelectMany(g => g.Parents).ToArray(), groups.Length, groups[0].Width);
        foreach (var cache in caches) cache.Reorder(parents);
    }

    private static Tensor NewTokens(Beams[] groups) => tensor(groups.SelectMany(g => g.Tokens).ToArray(), groups.Length, groups[0].Width);
}
