using Tandem.Learning.Language;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>Lists written by a language model over semantic ids: beam search held to items that exist and are new to the user.</summary>
public sealed class GenerativeCandidates : ICandidateGenerator
{
    private readonly BeamSearch _search;
    private readonly int _window;
    private readonly int _batchSize;

    /// <param name="model">Switched to evaluation.</param>
    /// <param name="ids">Of the catalogue's items.</param>
    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="modelVersion">Names the weights.</param>
    /// <param name="window">Longest history the model reads, in items; the most recent ones count.</param>
    /// <param name="batchSize">Requests decoded together. Default 32: with 50 beams each, 1,600 rows fill the matrix products.</param>
    public GenerativeCandidates(Llama model, SemanticIds ids, string catalogVersion, string modelVersion, int window, int batchSize = 32)
    {
        model.eval();
        _search = new BeamSearch(model, ids, new ItemTrie(ids));
        (CatalogVersion, ModelVersion, _window, _batchSize) = (catalogVersion, modelVersion, window, batchSize);
    }

    /// <inheritdoc/>
    public string CatalogVersion { get; }

    /// <inheritdoc/>
    public string ModelVersion { get; }

    /// <inheritdoc/>
    /// <remarks>The caller's thread decodes; it looks for cancellation before each batch.</remarks>
    public ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default) =>
        Answered.By(Generate, requests, cancel);

    /// <summary><see cref="GenerateAsync"/> for those who cannot await.</summary>
    public IReadOnlyList<CandidateList> Generate(IReadOnlyList<CandidateRequest> requests) => Generate(requests, CancellationToken.None);

    private CandidateList[] Generate(IReadOnlyList<CandidateRequest> requests, CancellationToken cancel)
    {
        var lists = new CandidateList[requests.Count];
        // Histories of one length need no padding mask, and requests of one count no spare beams.
        var groups = Enumerable.Range(0, requests.Count)
            .GroupBy(i => (Length: Math.Min(requests[i].History.Count, _window), requests[i].Count));
        foreach (var batch in groups.SelectMany(g => g.Chunk(_batchSize)))
        {
            cancel.ThrowIfCancellationRequested();
            var histories = batch.Select(i => requests[i].History.TakeLast(_window).ToArray()).ToArray();
            var excluded = batch.Select(i => requests[i].IncludeSeen ? [] : requests[i].History.ToHashSet()).ToArray();
            var results = _search.Search(histories, excluded, requests[batch[0]].Count);
            for (var b = 0; b < batch.Length; b++) lists[batch[b]] = List(requests[batch[b]], results[b]);
        }

        return lists;
    }

    private CandidateList List(CandidateRequest request, IReadOnlyList<(int Item, float LogProbability)> best) => new()
    {
        CatalogVersion = CatalogVersion,
        ModelVersion = ModelVersion,
        HistoryLength = request.History.Count,
        Items = [.. best.Select(i => i.Item)],
        Scores = [.. best.Select(i => i.LogProbability)],
    };
}
