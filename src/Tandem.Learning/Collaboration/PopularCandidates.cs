using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>The items most often seen in training, the same for everybody but for what they have: the floor for any other.</summary>
public sealed class PopularCandidates : ICandidateGenerator
{
    private readonly string _catalogVersion;
    private readonly (int Item, float LogShare)[] _ranked;

    /// <param name="catalogVersion">Of the item ids.</param>
    /// <param name="items">V.</param>
    /// <param name="sequences">Number of training sequences.</param>
    /// <param name="sequence">The training sequence of each user.</param>
    public PopularCandidates(string catalogVersion, int items, int sequences, Func<int, ReadOnlySpan<int>> sequence)
    {
        _catalogVersion = catalogVersion;
        var counts = new long[items + 1];
        for (var user = 0; user < sequences; user++)
        {
            foreach (var item in sequence(user)) counts[item]++;
        }

        // One more than counted, so that an item never seen has a finite logarithm.
        var total = Math.Log(counts.Sum() + items);
        _ranked = [.. Enumerable.Range(1, items).Select(i => (i, (float)(Math.Log(counts[i] + 1) - total))).OrderByDescending(i => i.Item2)];
    }

    /// <inheritdoc/>
    public string ModelVersion => "popularity";

    /// <inheritdoc/>
    public IReadOnlyList<CandidateList> Generate(IReadOnlyList<CandidateRequest> requests) => [.. requests.Select(Generate)];

    private CandidateList Generate(CandidateRequest request)
    {
        var seen = request.History.ToHashSet();
        var best = _ranked.Where(i => !seen.Contains(i.Item)).Take(request.Count).ToArray();
        return new CandidateList
        {
            CatalogVersion = _catalogVersion,
            ModelVersion = ModelVersion,
            HistoryLength = request.History.Count,
            Items = [.. best.Select(i => i.Item)],
            Scores = [.. best.Select(i => i.LogShare)],
        };
    }
}
