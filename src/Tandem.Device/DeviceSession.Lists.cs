using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Collaboration;
using Tandem.Device.Kernels;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <content>The cloud's lists: when to ask for one, and which to accept.</content>
public sealed partial class DeviceSession
{
    private const int MostRankedOnStack = 1024;

    /// <summary>Takes in a list, or refuses it and keeps the last good one.</summary>
    /// <param name="list">
    /// From the cloud, not trusted. Its history length counts all events of the user; one that counts more than there were is refused, for
    /// such a list would never grow old.
    /// </param>
    /// <param name="fault">Why it was refused.</param>
    public bool TryAccept(CandidateList list, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(list);
        using (Enter()) return TryTake(list, unsent: 0, _history.Count, out fault);
    }

    /// <summary>
    /// Whether a new list is worth a call: what the policy says. Without a list, or with every item of it consumed, it is, unless the policy
    /// decides that too.
    /// </summary>
    public RequestDecision Decide()
    {
        using (Enter())
        {
            if (_list.IsHeld) ScoreList();
            if (_list.Count > 0) return _options.Policy.Decide(new(InconsistencyOfScores(), Age()));
            if (_options.Policy.DecidesWithoutList) return _options.Policy.Decide(new(0, 0));
            return new(true, _list.IsHeld ? "the list is used up" : "holds no list");
        }
    }

    /// <summary>Asks the cloud for a list where the policy says so. Other calls are served while the answer is awaited.</summary>
    /// <returns>The decision; where the cloud cannot be reached or its answer is refused, the reason says so and the last good list
    /// stays.</returns>
    public async ValueTask<RequestDecision> RefreshAsync(ICloud cloud, CancellationToken cancel = default)
    {
        var decision = Decide();
        if (!decision.Ask) return decision;
        ArgumentNullException.ThrowIfNull(cloud);
        var (request, unsent) = Request();
        try
        {
            var list = await cloud.GetCandidatesAsync(request, cancel).ConfigureAwait(false);
            return TryTakeAnswer(list, unsent, request.History.Count, out var fault)
                ? decision
                : decision with { Reason = $"{decision.Reason}; list refused: {fault}" };
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
        using (Enter())
        {
            if (!_list.IsHeld) return 0;
            ScoreList();
            return InconsistencyOfScores();
        }
    }

    private bool TryTakeAnswer(CandidateList? list, long unsent, int told, [NotNullWhen(false)] out string? fault)
    {
        fault = "the cloud's answer is null";
        if (list is null) return false;
        using (Enter()) return TryTake(list, unsent, told, out fault);
    }

    /// <param name="list">From the cloud.</param>
    /// <param name="unsent">Events before the first that the cloud was told of; its history length does not count them.</param>
    /// <param name="told">Events that the cloud can have seen behind them.</param>
    /// <param name="fault">Why it was refused.</param>
    private bool TryTake(CandidateList list, long unsent, long told, [NotNullWhen(false)] out string? fault)
    {
        var model = _user.Model;
        if (list.CatalogVersion != model.CatalogVersion)
            fault = $"the list numbers items by catalogue {list.CatalogVersion}, this bundle by {model.CatalogVersion}; fetch the bundle again";
        else if (!list.TryValidate(model.Shape.Items, out fault))
            return false;
        else if (list.HistoryLength > told)
            fault = $"the list is said to know {list.HistoryLength} events, there were {told}; send the history that it is made from";
        if (fault is not null || !TryAddRows(list, out fault)) return false;
        _list.Take(list, Math.Min(unsent + list.HistoryLength, _history.Count)); // of which some may have been taken back meanwhile
        return true;
    }

    /// <summary>Holds the row of every listed item and of what else the slice brings, or refuses and holds what it held.</summary>
    private bool TryAddRows(CandidateList list, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (_user.Items is not { } cache) return true;
        ItemSlice? slice = null;
        if (list.Slice is not null && !ItemSlice.TryParse(list.Slice, out slice, out fault)) return false;
        HashSet<int> brought = slice is null ? [] : [.. slice.Items];
        var needed = brought.Union(list.Items).Count();
        if (needed > cache.Capacity)
            fault = $"list and slice need {needed} rows, {cache.Capacity} fit; ask for a shorter list or raise ItemLimit";
        else if (list.Items.FirstOrDefault(item => !cache.TryGetSlot(item, out _) && !brought.Contains(item)) is not 0 and var missing)
            fault = $"the row of item {missing} is neither in the slice nor held; ask for a list with a slice";
        if (fault is not null || slice is null) return fault is null;
        if (!cache.TryAdd(slice, out fault)) return false;
        _user.Invalidate(); // events whose rows were missing may count now
        return true;
    }

    private string? SliceOfModel() => _user.Items is null ? null : _user.Model.Version;

    private (CandidateRequest Request, long Unsent) Request()
    {
        using (Enter())
        {
            return (new() { CatalogVersion = _user.Model.CatalogVersion, History = _history.CopyItems(), Count = _options.ListLength, SliceOfModel = SliceOfModel() }, _history.First);
        }
    }

    private double InconsistencyOfScores()
    {
        var count = _list.Count;
        Span<int> cloud = count <= MostRankedOnStack ? stackalloc int[count] : new int[count];
        Span<int> device = count <= MostRankedOnStack ? stackalloc int[count] : new int[count];
        Span<float> scores = count <= MostRankedOnStack ? stackalloc float[count] : new float[count];
        for (var i = 0; i < count; i++) cloud[i] = i;  // a list comes best first
        var best = new TopK(device, scores);
        for (var i = 0; i < count; i++) best.Add(i, _list.Device[i]);
        best.Sort();
        return RankInconsistency.Between(cloud, device[..best.Count]);
    }
}
