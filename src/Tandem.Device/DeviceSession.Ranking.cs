using Tandem.Device.Kernels;
using Tandem.Device.Sessions;
using Tandem.Protocol.Items;

namespace Tandem.Device;

/// <content>Ranking: the list, or the whole catalogue.</content>
public sealed partial class DeviceSession
{
    /// <summary>Items scored before the best of them are picked: their scores stay in the first cache.</summary>
    private const int Tile = 512;

    private const int MostOnStack = 256;

    private (UserModel, long, long, HeldList, long) _scored;  // what the list's scores were made of

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
            {
                throw new ArgumentException(
                    $"{scores.Length} places for {_user.Model.Shape.Items} items; give one for each", nameof(scores));
            }

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
    /// <returns>How many were written; fewer than asked where the list or the catalogue is exhausted, and none where there is
    /// neither.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public int Recommend(Span<Recommendation> destination, RankingMode mode = RankingMode.Fused, Func<int, bool>? isAllowed = null)
    {
        RequireKnown(mode);
        using (Enter())
        {
            var most = MostRanked(mode, out var source);
            return Rank(destination[..Math.Min(destination.Length, most)], source, mode, isAllowed);
        }
    }

    /// <summary>The best items, best first.</summary>
    /// <param name="count">The most that is returned, from 0 on; memory is taken for no more than the list or the catalogue holds.</param>
    /// <param name="mode">Whose scores rank. Default: cloud and device together.</param>
    /// <param name="isAllowed">Called for items that could be recommended; false leaves an item out. It must not call this session. Null
    /// allows all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative count, or there is no such mode.</exception>
    public Recommendation[] Recommend(int count, RankingMode mode = RankingMode.Fused, Func<int, bool>? isAllowed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RequireKnown(mode);
        using (Enter())
        {
            var best = new Recommendation[Math.Min(count, MostRanked(mode, out var source))];
            var ranked = Rank(best, source, mode, isAllowed);
            return ranked == best.Length ? best : best[..ranked];
        }
    }

    private static void RequireKnown(RankingMode mode)
    {
        if (mode is < RankingMode.Fused or > RankingMode.Device)
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "expected Fused, Rerank, Cloud or Device");
    }

    /// <summary>How many items there are to rank before filters, and where they come from; the list's are scored then.</summary>
    private int MostRanked(RankingMode mode, out Source source)
    {
        if (_list.IsHeld && mode != RankingMode.Device)
        {
            source = Source.List;
            ScoreList();
            if (_list.Count > 0) return mode == RankingMode.Fused ? _list.CandidateCount : _list.Count;
        }

        if (_user.Model.Popular is { } popular && _user.KnowsNothing())
        {
            source = Source.Popularity;
            return popular.Items.Length;
        }

        source = Source.Catalog;
        return _user.Items?.Count ?? _user.Model.Shape.Items;
    }

    /// <param name="destination">No longer than what there is to rank.</param>
    /// <param name="source">Of the items.</param>
    /// <param name="mode">Whose scores rank a list.</param>
    /// <param name="isAllowed">Null allows all.</param>
    private int Rank(Span<Recommendation> destination, Source source, RankingMode mode, Func<int, bool>? isAllowed)
    {
        var k = destination.Length;
        if (k == 0) return 0;
        if (source == Source.Popularity) return RankPopular(_user.Model.Popular!, destination, isAllowed);
        Span<int> items = k <= MostOnStack ? stackalloc int[k] : new int[k];
        Span<float> scores = k <= MostOnStack ? stackalloc float[k] : new float[k];
        var best = new TopK(items, scores);
        return source == Source.List
            ? RankList(best, items, scores, destination, mode, isAllowed)
            : RankCatalog(best, items, scores, destination, isAllowed);
    }

    private int RankList(
        TopK best, ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<Recommendation> destination, RankingMode mode,
        Func<int, bool>? isAllowed)
    {
        var chosen = mode switch
        {
            RankingMode.Cloud => _list.Cloud[.._list.Count],
            RankingMode.Rerank => _list.Device[.._list.Count],
            _ => _list.Fused,
        };
        var candidates = _list.Candidates;
        // Ranked by place, so that items of equal score keep the cloud's order.
        for (var place = 0; place < chosen.Length; place++)
        {
            if (isAllowed is null || isAllowed(candidates[place])) best.Add(place, chosen[place]);
        }

        best.Sort();
        for (var i = 0; i < best.Count; i++)
            destination[i] = new(candidates[items[i]], scores[i], _list.Cloud[items[i]], _list.Device[items[i]]);
        return best.Count;
    }

    private int RankCatalog(
        TopK best, ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<Recommendation> destination, Func<int, bool>? isAllowed)
    {
        best = BestHeld(best, isAllowed);
        for (var i = 0; i < best.Count; i++) destination[i] = new(items[i], scores[i], float.NaN, scores[i]);
        return best.Count;
    }

    /// <summary>The device's best items of all whose rows it holds.</summary>
    private TopK BestHeld(TopK best, Func<int, bool>? isAllowed)
    {
        if (_user.Items is not null) return BestCached(best, isAllowed);
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

        best.Sort();
        return best;
    }

    /// <summary>The same among the rows that came with lists; no use of them in the sense of the cache.</summary>
    private TopK BestCached(TopK best, Func<int, bool>? isAllowed)
    {
        Span<float> tile = stackalloc float[Tile];
        var items = _user.Items!.ItemsBySlot;
        for (var first = 0; first < items.Length; first += Tile)
        {
            var part = tile[..Math.Min(Tile, items.Length - first)];
            _user.ScoreSlots(first, part);
            for (var from = best.NextEntering(part, 0); from < part.Length; from = best.NextEntering(part, from + 1))
            {
                var item = items[first + from];
                if (item != 0 && !IsLeftOut(item) && (isAllowed is null || isAllowed(item))) best.Add(item, part[from]);
            }
        }

        best.Sort();
        return best;
    }

    private int RankPopular(PopularItems popular, Span<Recommendation> destination, Func<int, bool>? isAllowed)
    {
        var count = 0;
        for (var i = 0; i < popular.Items.Length && count < destination.Length; i++)
        {
            var item = popular.Items[i];
            if (IsLeftOut(item) || isAllowed?.Invoke(item) == false) continue;
            destination[count++] = new(item, popular.Shares[i], float.NaN, float.NaN);
        }

        return count;
    }

    /// <summary>
    /// Scores of what is left of the list and of the device's own candidates, by device and fusion; done already where nothing changed
    /// since.
    /// </summary>
    private void ScoreList()
    {
        var state = (_user, _user.Version, _history.Version, _list, _list.Version);
        if (state == _scored) return;
        _list.LeaveOut(_options.ExcludeConsumed ? _history : null, _own);
        if (_list.Count > 0)
        {
            if (_own > 0) AddOwn();
            _user.Score(_list.Items, _list.Device[.._list.Count]);
            _fusion.Fuse(new(_list.Cloud, _list.Device, _list.Before, Age()), _list.Fused);
        }

        _scored = state;
    }

    /// <summary>The device's own best, as far as they are not on the list.</summary>
    private void AddOwn()
    {
        Span<int> items = _own <= MostOnStack ? stackalloc int[_own] : new int[_own];
        Span<float> scores = _own <= MostOnStack ? stackalloc float[_own] : new float[_own];
        var best = BestHeld(new TopK(items, scores), isAllowed: null);
        _list.AddOwn(items[..best.Count], scores);
    }

    /// <summary>Where ranked items come from.</summary>
    private enum Source
    {
        List,
        Popularity,
        Catalog,
    }
}
