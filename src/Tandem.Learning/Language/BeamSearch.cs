using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Tandem.Learning.Language;

/// <summary>
/// Beam search over the trie of items. Every result is a real item that is not excluded, no item comes twice, and its score is
/// log p(item | history) = Σ log p(code | history, earlier codes), each over the codes that lead to items.
/// </summary>
public sealed class BeamSearch(Llama model, SemanticIds ids, ItemTrie trie)
{
    /// <summary>The best items for a group of histories of one length.</summary>
    /// <param name="histories">B histories, oldest first, all with the same number of items (none is allowed).</param>
    /// <param name="excluded">For each history the items it must not return.</param>
    /// <param name="beams">W: beams kept at each level and items returned at the most; below 1 nothing is returned.</param>
    /// <returns>B lists, best first, fewer than W only where fewer items are allowed or can be reached.</returns>
    public IReadOnlyList<(int Item, float LogProbability)>[] Search(
        IReadOnlyList<int[]> histories, IReadOnlyList<IReadOnlyCollection<int>> excluded, int beams)
    {
        if (beams < 1) return [.. histories.Select(_ => Array.Empty<(int, float)>())];
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        try
        {
            var groups = excluded.Select(items => new Beams(trie, trie.CountExcluded(items), beams)).ToArray();
            var states = model.Encode(Tokens(histories), caches)[.., ^1..];             // [B, 1, D]
            for (var level = 0; ; level++)
            {
                var parents = Expand(groups, model.Logits(states, level));
                if (level == trie.Levels - 1) break;
                if (level > 0) foreach (var cache in caches) cache.Reorder(parents);
                states = model.Step(NewTokens(groups, level), caches);                  // [B, W, D]
            }

            return groups.Select(g => g.Results()).ToArray();
        }
        finally
        {
            foreach (var cache in caches) cache.Dispose();
        }
    }

    /// <param name="groups">B groups, each advanced by one level.</param>
    /// <param name="logits">[B, W or 1, K].</param>
    /// <returns>[B, W] int64: each new beam's parent.</returns>
    private static Tensor Expand(Beams[] groups, Tensor logits)
    {
        var (rows, codes) = ((int)logits.shape[1], (int)logits.shape[2]);
        var values = MemoryMarshal.Cast<byte, float>(logits.bytes);
        for (var b = 0; b < groups.Length; b++) groups[b].Expand(values.Slice(b * rows * codes, rows * codes), codes);
        return tensor(groups.SelectMany(g => g.Parents).ToArray(), groups.Length, groups[0].Width);
    }

    private Tensor NewTokens(Beams[] groups, int level) =>
        tensor(groups.SelectMany(g => g.Codes.Select(c => (long)ids.Token(level, c))).ToArray(), groups.Length, groups[0].Width);

    private Tensor Tokens(IReadOnlyList<int[]> histories)
    {
        var steps = 1 + histories[0].Length * ids.Levels;
        var tokens = new long[histories.Count * steps];                                 // token 0 starts each row
        for (var b = 0; b < histories.Count; b++)
        {
            var at = b * steps + 1;
            foreach (var item in histories[b])
            {
                for (var level = 0; level < ids.Levels; level++) tokens[at++] = ids.Token(level, ids.Codes(item)[level]);
            }
        }

        return tensor(tokens, histories.Count, steps);
    }
}
