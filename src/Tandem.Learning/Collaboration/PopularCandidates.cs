using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>The items most often seen in training, the same for everybody but for what they have: the floor for any other.</summary>
public sealed class PopularCandidates : ICandidateGenerator
{
    private readonly (int Item, float LogShare)[] _ranked;

    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="sequences">What is counted.</param>
    public PopularCandidates(string catalogVersion, TrainingSequences sequences)
    {
        CatalogVersion = catalogVersion;
        var (items, counts) = (sequences.Items, sequences.CountByItem());
        // One more than counted, so that an item never seen has a finite logarithm.
        var total = Math.Log(counts.Sum() + items);
        var shares = Enumerable.Range(1, items).Select(i => (Item: i, LogShare: (float)(Math.Log(counts[i] + 1) - total)));
        _ranked = [.. shares.OrderByDescending(i => i.LogShare)];
    }

    /// <inheritdoc/>
    public string CatalogVersion { get; }

    /// <inheritdoc/>
    public string ModelVersion => "popularity";

    /// <inheritdoc/>
    /// <remarks>The caller's thread looks for cancellation before each list.</remarks>
    public ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default) =>
        Answered.By(Generate, requests, cancel);

    private CandidateList[] Generate(IReadOnlyList<CandidateRequest> requests, CancellationToken cancel)
    {
        var lists = new CandidateList[requests.Count];
        for (var i = 0; i < lists.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            lists[i] = Generate(requests[i]);
        }

        return lists;
    }

    private CandidateList Generate(CandidateRequest request)
    {
        HashSet<int> seen = request.IncludeSeen ? [] : [.. request.History];
        var best = _ranked.Where(i => !seen.Contains(i.Item)).Take(request.Count).ToArray();
        return new CandidateList
        {
            CatalogVersion = CatalogVersion,
            ModelVersion = ModelVersion,
            HistoryLength = request.History.Count,
            Items = [.. best.Select(i => i.Item)],
            Scores = [.. best.Select(i => i.LogShare)],
        };
    }
}
