using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Language.Generation;

/// <summary>What a language model expects to follow histories of any lengths: the most likely items that are not in them.</summary>
/// <param name="model">In evaluation, so that nothing is dropped.</param>
/// <param name="trie">Of the items.</param>
/// <param name="window">Longest history the model reads, in items; the most recent ones count.</param>
/// <param name="batchSize">Histories decoded together. Default 32: with 50 beams each, 1,600 rows fill the matrix products.</param>
/// <param name="beams">
/// Fewest beams, however short the list: more find what a prefix hides. A list of more items has a beam for each. Default 1.
/// </param>
/// <param name="calibration">What makes chances of the log-probabilities; null, the default, to leave them as they are.</param>
/// <param name="head">
/// What orders the items that beams found anew, before a list is cut and calibrated; null, the default, for ln p alone.
/// </param>
/// <param name="prompt">
/// What the model reads of the last items of a history, oldest first, as tokens; null, the default, for <see cref="ItemTokens.Prompt"/>.
/// </param>
public sealed class ItemSearch(
    ILanguageModel model, ItemTrie trie, int window, int batchSize = 32, int beams = 1, ListCalibration? calibration = null,
    ListHead? head = null, Func<IReadOnlyList<int>, int[]>? prompt = null)
{
    private readonly BeamSearch _search = new(model, trie);

    /// <summary>V.</summary>
    public int Items => trie.Items.Items;

    /// <summary>Most tokens of an item that the model reads and writes.</summary>
    public int TokensPerItem => trie.Items.Learned;

    /// <summary>
    /// The best items for each history, best first, with log p(item | history), calibrated where it is; none of the history's own.
    /// </summary>
    /// <param name="histories">Items, oldest first; none is allowed.</param>
    /// <param name="counts">For each history how many items; fewer come only where fewer are left. Below 1 gives none.</param>
    public IReadOnlyList<(int Item, float LogProbability)>[] Search(
        IReadOnlyList<IReadOnlyList<int>> histories, IReadOnlyList<int> counts) =>
        Search(histories, counts, _ => false, CancellationToken.None);

    /// <summary>The same, with items of the history where they may come, until it is cancelled.</summary>
    /// <param name="histories">Items, oldest first; none is allowed.</param>
    /// <param name="counts">For each history how many items; fewer come only where fewer are left. Below 1 gives none.</param>
    /// <param name="includesSeen">By a history's place: true where its own items may come.</param>
    /// <param name="cancel">Looked for before each prompt and each batch.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<(int Item, float LogProbability)>[] Search(
        IReadOnlyList<IReadOnlyList<int>> histories, IReadOnlyList<int> counts, Func<int, bool> includesSeen, CancellationToken cancel)
    {
        var results = new IReadOnlyList<(int Item, float LogProbability)>[histories.Count];
        var prompts = histories.Select(Prompt).ToArray();
        // Prompts of one count need no spare beams, and those of like lengths little padding.
        var groups = Enumerable.Range(0, histories.Count).GroupBy(i => counts[i]);
        foreach (var batch in groups.SelectMany(g => g.OrderBy(i => prompts[i].Length).Chunk(batchSize)))
        {
            cancel.ThrowIfCancellationRequested();
            var count = counts[batch[0]];
            var found = _search.Search(
                [.. batch.Select(i => prompts[i])], [.. batch.Select(Excluded)], count < 1 ? 0 : Math.Max(count, beams));
            for (var b = 0; b < batch.Length; b++)
                results[batch[b]] = List(head?.Order(histories[batch[b]], found[b]) ?? found[b], count);
        }

        return results;

        IReadOnlyList<(int, float)> List(IReadOnlyList<(int Item, float LogProbability)> found, int count) =>
            calibration is null && found.Count <= count
                ? found
                : [.. found.Take(count).Select(f => (f.Item, calibration?.Of(f.LogProbability) ?? f.LogProbability))];

        int[] Prompt(IReadOnlyList<int> history)
        {
            cancel.ThrowIfCancellationRequested();
            int[] read = [.. history.TakeLast(window)];
            return prompt is null ? trie.Items.Prompt(read) : prompt(read);
        }

        HashSet<int> Excluded(int i) => includesSeen(i) ? [] : [.. histories[i]];
    }
}
