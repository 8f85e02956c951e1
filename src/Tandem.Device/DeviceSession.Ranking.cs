using Tandem.Device.Kernels;
using Tandem.Protocol.Items;

namespace Tandem.Device;

/// <content>Ranking: the list, or the whole catalogue.</content>
public sealed partial class DeviceSession
{
    /// <summary>Items scored before the best of them are picked: their scores stay in the first cache.</summary>
    private const int Tile = 512;

    private const int MostOnStack = 256;

    /// <summary>The device's scores of the whole catalogue, for those who rank by themselves.</summary>
    /// <param name="scores">[V] receives the score of item i + 1 at place i, higher is better; consumed items have theirs too.</param>
    /// <exception cref="InvalidOperationException">The model holds no item table.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void ScoreCatalog(Span<float> scores)
    {
        using (Enter())
        {
            if (!_user.Model.HoldsCatalog)
                throw new InvalidOperationException("the bundle holds no item table; export it with one, or rank the cloud's lists");
            if (scores.Length != _user.Model.Shape.Items)
                throw new ArgumentException($"{scores.Length} places for {_user.Model.Shape.Items} items; give one for each", nameof(scores));
            _user.ScoreRange(1, scores);
        }
    }

    /// <summary>
    /// Ranks and writes the best items. Where neither a list nor an event tells anything of the user, the most popular items of training
    /// are the answer, marked as <see cref="Recommendation.IsForPopularity"/>.
    /// </summary>
    /// <param name="destination">Its length is the most that is returned. Up to 256 items nothing is allocated.</param>
    /// <param name="mode">Whose scores rank. Default: cloud and device together.</param>
    /// <param name="isAllowed">Called for items that could be recommended; false leaves an item out. It must not call this session. Null
    /// allows all.</param>
    /// <returns>How many were written; fewer than asked where the list or the catalogue is exhausted, and none where there is neither.</returns>
    public int Recommend(Span<Recommendation> destination, RankingMode mode = RankingMode.Fused, Func<int, bool>? isAllowed = null)
    {
        Span<int> items = destination.Length <= MostOnStack ? stackalloc int[destination.Length] : new int[destination.Length];
        Span<float> scores = destination.Length <= MostOnStack ? stackalloc float[destination.Length] : new float[destination.Length];
        var best = new TopK(items, scores);
        using (Enter())
        {
            if (!_list.IsHeld || mode == RankingMode.Device) return RankCatalog(best, items, scores, destination, isAllowed);
            ScoreList();
            if (_list.Count == 0) return RankCatalog(best, items, scores, destination, isAllowed);
            return RankList(best, items, scores, destination, mode, isAllowed);
        }
    }

    /// <summary>The best <paramref name="count"/> items, best first.</summary>
    public Recommendation[] Recommend(int count, RankingMode mode = RankingMode.Fused, Func<int, bool>? isAllowed = null)
    {
        var best = new Recommendation[count];
        return best[..Recommend(best.AsSpan(), mode, isAllowed)];
    }

    private int RankList(
        TopK best, ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<Recommendation> destination, RankingMode mode, Func<int, bool>? isAllowed)
    {
        var chosen = mode switch { RankingMode.Cloud => _list.Cloud, RankingMode.Rerank => _list.Device, _ => _list.Fused };
        // Ranked by place, so that items of equal score keep the cloud's order.
        for (var place = 0; place < chosen.Length; place++)
        {
            if (isAllowed is null || isAllowed(_list.Items[place])) best.Add(place, chosen[place]);
        }

        for (var i = 0; i < best.Count; i++)
            destination[i] = new(_list.Items[items[i]], scores[i], _list.Cloud[items[i]], _list.Device[items[i]]);
        return best.Count;
    }

    private int RankCatalog(
        TopK best, ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<Recommendation> destination, Func<int, bool>? isAllowed)
    {
        if (_user.Model.Popular is { } popular && _user.KnowsNothing()) return RankPopular(popular, destination, isAllowed);
        if (!_user.Model.HoldsCatalog) return 0;
        Span<float> tile = stackalloc float[Tile];
        var V = _user.Model.Shape.Items;
        for (var first = 1; first <= V; first += Tile)
        {
            var part = tile[..Math.Min(Tile, V - first + 1)];
            _user.ScoreRange(first, part);
            for (var from = best.NextEntering(part, 0); from < part.Length; from = best.NextEntering(part, from + 1))
            {
                var item = first + from;
                if (!IsLeftOut(item) && (isAllowed is null || isAllowed(item))) best.Add(item, part[from]);
            }
        }

        for (var i = 0; i < best.Count; i++) destination[i] = new(items[i], scores[i], float.NaN, scores[i]);
        return best.Count;
    }

    private int RankPopular(PopularItems popular, Span<Recommendation> destination, Func<int, bool>? isAllowed)
    {
        var count = 0;
        for (var i = 0; i < popular.Items.Length && count < destination.Length; i++)
        {
            var item = popular.Items[i];
            if (!IsLeftOut(item) && (isAllowed is null || isAllowed(item))) destination[count++] = new(item, popular.Shares[i], float.NaN, float.NaN);
        }

        return count;
    }

    /// <summary>Scores of what is left of the list, by device and fusion.</summary>
    private void ScoreList()
    {
        _list.LeaveOut(_options.ExcludeConsumed ? _history : null);
        if (_list.Count == 0) return;
        _user.Score(_list.Items, _list.Device);
        _options.Fusion.Fuse(_list.Cloud, _list.Device, Age(), _list.Fused);
    }
}
