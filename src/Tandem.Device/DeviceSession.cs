using Tandem.Device.Collaboration;
using Tandem.Device.Sessions;
using Tandem.Device.Storage;

namespace Tandem.Device;

/// <summary>
/// One user on one device: observes events, holds the cloud's last list, ranks, and decides when to ask for another list. Works
/// without any list. Any number of threads may use it at once; each call sees the events of all calls that returned before, and waits
/// for those that came before it and no others.
/// </summary>
/// <remarks>
/// A filter, fusion rule or request policy runs within the call that asks it and must not call the session: it gets an
/// <see cref="InvalidOperationException"/>. After <see cref="Dispose"/> every call but another <see cref="Dispose"/> throws
/// <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed partial class DeviceSession
{
    private const string CalledBySession =
        "a filter, fusion rule or request policy called the session that is asking it; let it answer from what it is given";

    private static readonly LogLinearFusion _equalShares = new(0.5);
    private static readonly AskOnce _askOnce = new();

    private readonly FairLock _gate = new();
    private readonly DeviceSessionOptions _options;
    private readonly CloudCalls _calls;
    private UserHistory _history;
    private HeldList _list = new();
    private UserModel _user;
    private IFusionRule _fusion;
    private IRequestDecider _policy;
    private int _own;       // candidates of the device's own beside a list

    private bool _isDisposed;

    /// <param name="model">Its bundle's catalogue gives the item ids.</param>
    /// <param name="options">Rules of fusion and request.</param>
    /// <exception cref="ArgumentException">An argument is null, or the options have faults; the message lists them all.</exception>
    public DeviceSession(DeviceModel model, DeviceSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_options, _calls) = (options, new(options.Time));
        _history = NewHistory(model);
        _user = Serve(model, _history);
        (_fusion, _own) = (FusionOf(model), OwnCandidatesOf(model));
        _policy = StartPolicy(model);
    }

    /// <summary>What serves now.</summary>
    public DeviceModel Model
    {
        get
        {
            using (Enter()) return _user.Model;
        }
    }

    /// <summary>A copy of the events that are kept, oldest first.</summary>
    public IReadOnlyList<int> History
    {
        get
        {
            using (Enter()) return _history.CopyItems();
        }
    }

    /// <summary>Events observed and not taken back, whether they are kept or not.</summary>
    public long EventCount
    {
        get
        {
            using (Enter()) return _history.Count;
        }
    }

    /// <summary>How many of them are kept: the length of <see cref="History"/>, without a copy.</summary>
    public int KeptEventCount
    {
        get
        {
            using (Enter()) return (int)(_history.Count - _history.First);
        }
    }

    /// <summary>Events observed since the cloud made the list; 0 without a list.</summary>
    public int ListAge
    {
        get
        {
            using (Enter()) return Age();
        }
    }

    /// <summary>Bytes of memory that this user takes beside the shared model: bounded by the options and the model's shape.</summary>
    public long SizeBytes
    {
        get
        {
            using (Enter()) return _user.SizeBytes + _history.SizeBytes + _list.SizeBytes;
        }
    }

    /// <summary>Takes in an event.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="time">When it happened, in unix seconds; null for now. Only models that use times read it.</param>
    /// <param name="value">
    /// How strong it was: a rating, dwell or another strength, on the scale that the model was trained on; 0 or negative for a skip.
    /// Default 1, for where it is unknown. It is kept as float16 and rounded to that before anything reads it, so that log and
    /// snapshot bring back the very same value. Only models that were trained with values read it.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The catalogue has no such item, or the value is not finite in float16.</exception>
    /// <exception cref="IOException">The event log could not be written; the event does not count.</exception>
    public void Observe(int item, long? time = null, float value = 1)
    {
        using (Enter())
        {
            RequireItem(item);
            var (at, strength) = (time ?? Now(), Rounded(value));
            Append(LoggedEvent.Observe(item, at) with { Value = strength });
            _user.KeepUp();
            _history.Add(item, at, strength);
            _outbox?.Add(item, at, (float)strength);
        }
    }

    /// <summary>Takes back the newest event, as if it had never been.</summary>
    /// <remarks>
    /// A model whose state is never reset (TTT) begins anew from the events that are kept, as it does with other weights, after a swap
    /// and when a session is opened from its log: what older events had left in the state is gone. A snapshot keeps the state itself.
    /// </remarks>
    /// <returns>False where no event is kept.</returns>
    /// <exception cref="IOException">The event log could not be written; the event still counts.</exception>
    public bool Undo()
    {
        using (Enter())
        {
            if (_history.Count == _history.First) return false;
            var (item, at) = (_history.ItemAt(_history.Count - 1), _history.TimeAt(_history.Count - 1));
            Append(LoggedEvent.Undo(Now()));
            _history.TryUndo();
            _outbox?.TryTakeBack(item, at);
            _list.TakeBack(_history.Count);
            _user.Invalidate();
            return true;
        }
    }

    /// <summary>One call at a time, in the order of their coming: a click waits for what stood before it and no longer.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed of.</exception>
    private FairLock.Turn Enter()
    {
        var turn = _gate.Enter(CalledBySession);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_user.ExpiresAt != ServedPacket.Never) LetExpire();
            return turn;
        }
        catch
        {
            turn.Dispose(); // also where the clock throws
            throw;
        }
    }

    private UserHistory NewHistory(DeviceModel model) => new(EventCapacity(model), model.Shape.Items);

    /// <summary>Events to keep for a model.</summary>
    private int EventCapacity(DeviceModel model) => Math.Max(_options.HistoryLimit, model.EventsRead);

    private UserModel Serve(DeviceModel model, UserHistory history) =>
        new(model, model.HoldsCatalog ? null : model.CreateCache(_options.ItemLimit), history);

    private IFusionRule FusionOf(DeviceModel model) => _options.Fusion ?? model.Fusion ?? _equalShares;

    private int OwnCandidatesOf(DeviceModel model) => _options.OwnCandidates ?? model.Rules?.OwnCandidates ?? 0;

    private IRequestDecider StartPolicy(DeviceModel model)
    {
        var policy = _options.Policy ?? model.Policy ?? _askOnce;
        return policy.Start() ?? throw new ArgumentException($"{policy.GetType()} started null in place of a decider");
    }

    private long Now() => _options.Time.GetUtcNow().ToUnixTimeSeconds();

    private int Age() => _list.IsHeld ? (int)Math.Clamp(_history.Count - _list.MadeAt, 0, int.MaxValue) : 0;

    private bool IsLeftOut(int item) => _options.ExcludeConsumed && _history.IsConsumed(item);

    private static Half Rounded(float value)
    {
        var rounded = (Half)value;
        if (!Half.IsFinite(rounded))
            throw new ArgumentOutOfRangeException(nameof(value), value, "values run from -65504 to 65504; leave out one that is unknown");
        return rounded;
    }

    private void RequireItem(int item)
    {
        var items = _user.Model.Shape.Items;
        if (item < 1 || item > items)
            throw new ArgumentOutOfRangeException(nameof(item), item, $"item ids of this bundle run from 1 to {items}");
    }
}
