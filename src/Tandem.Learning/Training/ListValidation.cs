using Tandem.Data.Metrics;
using Tandem.Learning.Language.Generation;

namespace Tandem.Learning.Training;

/// <summary>NDCG@10 of ten-item lists that a language model makes for held-out cases.</summary>
/// <param name="search">Of the model, in evaluation.</param>
/// <param name="cases">What came next.</param>
/// <param name="maskSeen">True to leave items of the history out.</param>
internal sealed class ListValidation(ItemSearch search, RankedCases cases, bool maskSeen)
{
    private const int ListLength = 10;

    public double Ndcg()
    {
        var histories = Enumerable.Range(0, cases.Count).Select(i => cases.History(i).Items.ToArray()).ToArray();
        var lists = search.Search(histories, [.. histories.Select(_ => ListLength)], _ => !maskSeen, CancellationToken.None);
        return new RankingMetrics(lists.Select((list, i) => Rank(list, cases.Target(i)))).Ndcg(ListLength);
    }

    private static double Rank(IReadOnlyList<(int Item, float LogProbability)> list, int target)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Item == target) return i + 1;
        }

        return double.PositiveInfinity;
    }
}
