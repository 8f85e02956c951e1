using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Collaboration;
using Tandem.Device.Kernels;
using Tandem.Device.Sessions;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <content>The cloud's lists: when to ask for one, and which to accept.</content>
public sealed partial class DeviceSession
{
    private const int MostRankedOnStack = 1024;

    private readonly SignalReader _signals = new();

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
    /// Whether a new list is worth a call: what the policy says. Without a list, or with every item of it consumed, it is, unless the
    /// policy decides that too. While a call is under way, and before the time that the cloud named, it is not, and the policy is not
    /// asked.
    /// </summary>
    public RequestDecision Decide()
    {
        using (Enter()) return Decision();
    }

    /// <summary>
    /// Asks the cloud for a list where <see cref="Decide"/> says so. Other calls are served while the answer is awaited. One call is made
    /// at a time: whoever comes while it is under way is told so at once and waits for nothing.
    /// </summary>
    /// <param name="cloud">Its faults, exceptions included, are told in the outcome.</param>
    /// <param name="cancel">Ends the call, whose answer is then lost; the next one may ask again.</param>
    /// <returns>What came of it; without a new list the last good one stays.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<RequestOutcome> RefreshAsync(ICloud cloud, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        if (!TryBegin(out var request, out var unsent, out var began, out var decision)) return new() { Reason = decision.Reason };
        RequestOutcome? outcome = null;
        CloudFault? fault = null;
        try
        {
            var answer = await CloudCalls
                .AnswerAsync<CandidateRequest, CandidateList>(cloud.GetCandidatesAsync, request, cancel).ConfigureAwait(false);
            fault = answer.Fault;
            outcome = TakeAnswer(answer, unsent, request.History.Count, decision.Reason);
        }
        finally
        {
            outcome = End(began, fault, outcome ?? new() { Asked = true, Reason = $"{decision.Reason}; cancelled" });
        }

        return outcome.Value;
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

    private RequestDecision Decision()
    {
        if (_calls.Obstacle() is { } obstacle) return new(false, obstacle);
        if (_list.IsHeld) ScoreList();
        if (_list.Count > 0 || _policy.DecidesWithoutList) return _policy.Decide(Situation());
        return new(true, _list.IsHeld ? "the list is used up" : "holds no list");
    }

    private RequestSituation Situation()
    {
        var (isRanked, scale) = (_list.Count > 0, _policy.SignalScale);
        var inconsistency = isRanked ? InconsistencyOfScores() : 0;
        return _calls.Describe(new()
        {
            Inconsistency = inconsistency,
            ItemsLeft = _list.Count,
            ListAge = isRanked ? Age() : 0,
            Events = _history.Count,
            Signals = isRanked && scale > 0 ? ReadSignals(scale, inconsistency) : null,
        });
    }

    private RankingSignals ReadSignals(double scale, double inconsistency) => _signals.Read(
        new(_list.Cloud, _list.Device, _list.Before, Age()), _list.Fused, _list.Count, (float)scale, inconsistency);

    /// <summary>A copy of what the fusion rule is given, for those who fit or check one; null without a list.</summary>
    public CandidateScores? Candidates()
    {
        using (Enter())
        {
            if (!_list.IsHeld) return null;
            ScoreList();
            return _list.Count == 0 ? null : new(
                _list.Candidates.ToArray(), _list.Cloud.ToArray(), _list.Device.ToArray(), _list.Before.ToArray(), Age());
        }
    }

    /// <summary>What the device sees of its ranking of the list, as a policy is shown it; null without a list.</summary>
    /// <param name="scale">β, above 0: by which the device's scores become shares.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not above 0.</exception>
    public RankingSignals? Signals(double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        using (Enter())
        {
            if (!_list.IsHeld) return null;
            ScoreList();
            return _list.Count > 0 ? ReadSignals(scale, InconsistencyOfScores()) : null;
        }
    }

    /// <summary>Decides, and where the cloud is to be asked begins the call.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="unsent">Events before the first that the cloud is told of.</param>
    /// <param name="began">When.</param>
    /// <param name="decision">With its reason.</param>
    private bool TryBegin([NotNullWhen(true)] out CandidateRequest? request, out long unsent, out long began, out RequestDecision decision)
    {
        using (Enter())
        {
            decision = Decision();
            (request, unsent, began) = (null, _history.First, 0);
            if (!decision.Ask) return false;
            request = new()
            {
                CatalogVersion = _user.Model.CatalogVersion,
                History = _history.CopyItems(),
                Times = _history.CopyTimes(),
                Values = _history.CopyValues(),
                Count = _options.ListLength,
                IncludeSeen = !_options.ExcludeConsumed,
                SliceOfModel = _user.Items is null ? null : _user.Model.Version,
            };
            began = _calls.BeginList(_history.Count);
            return true;
        }
    }

    private RequestOutcome TakeAnswer(CloudAnswer<CandidateList> answer, long unsent, long told, string reason)
    {
        if (!answer.HasValue) return new() { Asked = true, Reason = $"{reason}; no list, {answer.Fault}", Fault = answer.Fault };
        using (Enter())
        {
            return TryTake(answer.Value, unsent, told, out var refusal)
                ? new() { Asked = true, HasNewList = true, Reason = reason }
                : new() { Asked = true, Reason = $"{reason}; list refused: {refusal}" };
        }
    }

    /// <summary>A call is over, also one whose session was disposed of meanwhile.</summary>
    private RequestOutcome End(long began, CloudFault? fault, in RequestOutcome outcome)
    {
        using var turn = _gate.Enter(CalledBySession);
        var ended = outcome with { Elapsed = _calls.End(began, fault) };
        if (!_isDisposed) _policy.Record(ended);
        return ended;
    }

    /// <param name="list">From the cloud.</param>
    /// <param name="unsent">Events before the first that the cloud was told of; its history length does not count them.</param>
    /// <param name="told">Events that the cloud can have seen behind them.</param>
    /// <param name="fault">Why it was refused.</param>
    private bool TryTake(CandidateList list, long unsent, long told, [NotNullWhen(false)] out string? fault)
    {
        var model = _user.Model;
        if (list.CatalogVersion != model.CatalogVersion)
        {
            fault = $"the list numbers items by catalogue {list.CatalogVersion}, this bundle by {model.CatalogVersion}; fetch the "
                + "bundle again";
        }
        else if (!list.TryValidate(model.Shape.Items, out fault))
        {
            return false;
        }
        else if (list.HistoryLength > told)
        {
            fault = $"the list is said to know {list.HistoryLength} events, there were {told}; send the history that it is made from";
        }
        else if (_list.IsHeld && unsent + list.HistoryLength < _list.MadeAt)
        {
            fault = $"the list knows {unsent + list.HistoryLength} events, the one that serves {_list.MadeAt}; it came too late";
        }

        if (fault is not null || !TryAddRows(list, out fault)) return false;
        _list.Take(list, Math.Min(unsent + list.HistoryLength, _history.Count)); // of which some may have been taken back meanwhile
        Compare(_user, _list);
        return true;
    }

    /// <summary>What the device thinks of a list's items now is what its later opinions of them are compared with.</summary>
    private static void Compare(UserModel user, HeldList list)
    {
        if (list.Listed.Length > 0) user.Score(list.Listed, list.CompareFromNow());
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
