using Tandem.Learning.Language.Generation;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>
/// Lists written by a language model: beam search held to items that exist and, unless asked otherwise, are new to the user.
/// </summary>
/// <param name="search">Over the catalogue's items, with a model in evaluation.</param>
/// <param name="catalogVersion">Of the item ids.</param>
/// <param name="modelVersion">Names the weights.</param>
public sealed class GenerativeCandidates(ItemSearch search, string catalogVersion, string modelVersion) : ICandidateGenerator
{
    /// <inheritdoc/>
    public string CatalogVersion => catalogVersion;

    /// <inheritdoc/>
    public string ModelVersion => modelVersion;

    /// <inheritdoc/>
    public int TokensPerItem => search.TokensPerItem;

    /// <inheritdoc/>
    /// <remarks>The caller's thread decodes; it looks for cancellation before each batch.</remarks>
    public ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default) =>
        Answered.By(Generate, requests, cancel);

    private CandidateList[] Generate(IReadOnlyList<CandidateRequest> requests, CancellationToken cancel)
    {
        var best = search.Search(
            [.. requests.Select(r => r.History)], [.. requests.Select(r => r.Count)], i => requests[i].IncludeSeen, cancel);
        return [.. requests.Zip(best, List)];
    }

    private CandidateList List(CandidateRequest request, IReadOnlyList<(int Item, float LogProbability)> best) => new()
    {
        CatalogVersion = catalogVersion,
        ModelVersion = modelVersion,
        HistoryLength = request.History.Count,
        Items = [.. best.Select(i => i.Item)],
        Scores = [.. best.Select(i => i.LogProbability)],
    };
}
