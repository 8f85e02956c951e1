using Tandem.Device.Collaboration;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>
/// One user on one device: observes events, holds the cloud's last list, ranks, and decides when to ask for another list. Works
/// without any list. Not for use by two threads at once.
/// </summary>
public sealed class DeviceSession
{
    private readonly DeviceModel _model;
    private readonly DeviceSessionOptions _options;
    private readonly List<int> _history = [];
    private readonly HashSet<int> _consumed = [];
    private readonly float[] _state;
    private bool _stateIsCurrent;
    private CandidateList? _list;

    // The list without consumed items, as it is ranked; refilled by each ranking.
    private int[] _items = [];
    private float[] _cloud = [];
    private float[] _device = [];
    private float[] _fused = [];
    private int _count;

    /// <param name="model">Its bundle's catalogue gives the item ids.</param>
    /// <param name="options">Rules of fusion and request.</param>
    public DeviceSession(DeviceModel model, DeviceSessionOptions options)
    {
        (_model, _options) = (model, options);
        _state = new float[model.Shape.Width];
    }

    /// <summary>Events observed, oldest first.</summary>
    public IReadOnlyList<int> History => _history;

    /// <summary>Events observed since the cloud made the list; 0 without a list.</summary>
    public int ListAge => _list is null ? 0 : Math.Max(0, _history.Count - _list.HistoryLength);

    /// <summary>Takes in an event.</summary>
    /// <param name="item">1 … V.</param>
    /// <exception cref="ArgumentOutOfRangeException">The catalogue has no such item.</exception>
    public void Observe(int item)
    {
        if (item < 1 || item > _model.Shape.Items)
            throw new ArgumentOutOfRangeException(nameof(item), item, $"item ids of this bundle run from 1 to {_model.Shape.Items}");
        _history.Add(item);
        _consumed.Add(item);
        _stateIsCurrent = false;
    }

    /// <summary>Takes in a list, or refuses it and keeps the last good one.</summary>
    /// <param name="list">From the cloud, not trusted.</param>
    /// <param name="fault">Why it was refused.</param>
    public bool TryAccept(CandidateList list, out string? fault)
    {
        if (list.CatalogVersion != _model.CatalogVersion)
        {
            fault = $"the list numbers items by catalogue {list.CatalogVersion}, this bundle by {_model.CatalogVersion}; fetch the bundle again";
            return false;
        }

        if (!list.TryValidate(_model.Shape.Items, out fault)) return false;
        _list = list;
        var K = list.Items.Count;
        if (_items.Length < K) (_items, _cloud, _device, _fused) = (new int[K], new float[K], new float[K], new float[K]);
        return true;
    }

    /// <summary>Ranks and writes the best items.</summary>
    /// <param name="destination">Its length is the most that is returned.</param>
    /// <param name="mode">Whose scores rank. Default: cloud and device together.</param>
    /// <returns>How many were written; fewer than asked where the list or the catalogue is exhausted.</returns>
    public int Recommend(Span<Recommendation> destination, RankingMode mode = RankingMode.Fused)
    {
        Span<int> items = destination.Length <= 256 ? stackalloc int[destination.Length] : new int[destination.Length];
        Span<float> scores = destination.Length <= 256 ? stackalloc float[destination.Length] : new float[destination.Length];
        var best = new TopK(items, scores);
        if (_list is null || mode == RankingMode.Device) return RankCatalog(best, items, scores, destination);

        ScoreList();
        if (_count == 0) return RankCatalog(best, items, scores, destination);
        var chosen = mode switch { RankingMode.Cloud => _cloud, RankingMode.Rerank => _device, _ => _fused };
        // Ranked by place, so that items of equal score keep the cloud's order.
        for (var place = 0; place < _count; place++) best.Add(place, chosen[place]);
        for (var i = 0; i < best.Count; i++)
            destination[i] = new(_items[items[i]], scores[i], _cloud[items[i]], _device[items[i]]);
        return best.Count;
    }

    /// <summary>The best <paramref name="count"/> items, best first.</summary>
    public Recommendation[] Recommend(int count, RankingMode mode = RankingMode.Fused)
    {
        var best = new Recommendation[count];
        return best[..Recommend(best.AsSpan(), mode)];
    }

    /// <summary>Whether a new list is worth a call. Without a list, or with every item of it consumed, it always is.</summary>
    public RequestDecision Decide()
    {
        if (_list is null) return new(true, "holds no list");
        ScoreList();
        if (_count == 0) return new(true, "the list is used up");
        return _options.Policy.Decide(new(InconsistencyOfScores(), ListAge));
    }

    /// <summary>Asks the cloud for a list where the policy says so.</summary>
    /// <returns>The decision; where the cloud cannot be reached or its answer is refused, the reason says so and the last good list
    /// stays.</returns>
    public async ValueTask<RequestDecision> RefreshAsync(ICloud cloud, CancellationToken cancel = default)
    {
        var decision = Decide();
        if (!decision.Ask) return decision;
        var request = new CandidateRequest
        {
            CatalogVersion = _model.CatalogVersion,
            History = [.. _history],
            Count = _options.ListLength,
        };
        try
        {
            var list = await cloud.GetCandidatesAsync(request, cancel).ConfigureAwait(false);
            return TryAccept(list, out var fault) ? decision : decision with { Reason = $"{decision.Reason}; list refused: {fault}" };
        }
        catch (Exception e) when (e is IOException or TimeoutException or HttpRequestException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested)) // how HttpClient tells a timeout
        {
            return decision with { Reason = $"{decision.Reason}; cloud not reached: {e.Message}" };
        }
    }

    /// <summary>Disagreement of cloud and device over what is left of the list, from 0 to 1.</summary>
    public double Inconsistency()
    {
        ScoreList();
        return InconsistencyOfScores();
    }

    private double InconsistencyOfScores()
    {
        Span<int> cloud = _count <= 1024 ? stackalloc int[_count] : new int[_count];
        Span<int> device = _count <= 1024 ? stackalloc int[_count] : new int[_count];
        Span<float> scores = _count <= 1024 ? stackalloc float[_count] : new float[_count];
        for (var i = 0; i < _count; i++) cloud[i] = i;  // a list comes best first
        var best = new TopK(device, scores);
        for (var i = 0; i < _count; i++) best.Add(i, _device[i]);
        return RankInconsistency.Between(cloud, device[..best.Count]);
    }

    private int RankCatalog(TopK best, ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<Recommendation> destination)
    {
        BringStateUpToDate();
        for (var item = 1; item <= _model.Shape.Items; item++)
        {
            if (!IsLeftOut(item)) best.Add(item, _model.Score(_state, item));
        }

        for (var i = 0; i < best.Count; i++) destination[i] = new(items[i], scores[i], float.NaN, scores[i]);
        return best.Count;
    }

    private void ScoreList()
    {
        BringStateUpToDate();
        _count = 0;
        if (_list is null) return;
        for (var i = 0; i < _list.Items.Count; i++)
        {
            var item = _list.Items[i];
            if (IsLeftOut(item)) continue;
            (_items[_count], _cloud[_count], _device[_count]) = (item, _list.Scores[i], _model.Score(_state, item));
            _count++;
        }

        _options.Fusion.Fuse(_cloud.AsSpan(0, _count), _device.AsSpan(0, _count), ListAge, _fused.AsSpan(0, _count));
    }

    private bool IsLeftOut(int item) => _options.ExcludeConsumed && _consumed.Contains(item);

    private void BringStateUpToDate()
    {
        if (_stateIsCurrent) return;
        _model.Encode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_history), _state);
        _stateIsCurrent = true;
    }
}
