using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>Lists in two stages: one model retrieves candidates, another puts them in order.</summary>
/// <param name="retriever">Of the first stage.</param>
/// <param name="ranker">Of the second.</param>
public sealed class RerankedCandidates(ICandidateGenerator retriever, IListRanker ranker) : ICandidateGenerator
{
    /// <inheritdoc/>
    public string CatalogVersion => retriever.CatalogVersion;

    /// <inheritdoc/>
    /// <remarks>A list that could not be ranked has the retriever's.</remarks>
    public string ModelVersion => ranker.VersionOver(retriever.ModelVersion);

    /// <inheritdoc/>
    /// <remarks>The retriever's: what a ranker spends it counts itself.</remarks>
    public int TokensPerItem => retriever.TokensPerItem;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var retrieved = await retriever.GenerateAsync([.. requests.Select(ranker.RetrievalOf)], cancel).ConfigureAwait(false);
        var lists = new CandidateList[requests.Count];
        var some = new ParallelOptions { MaxDegreeOfParallelism = ranker.MostAtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, lists.Length, some, async (i, token) =>
            lists[i] = await ranker.RankAsync(requests[i], retrieved[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return lists;
    }
}
