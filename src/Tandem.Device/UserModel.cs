using Tandem.Device.Items;
using Tandem.Device.Models;
using Tandem.Device.Sessions;
using Tandem.Device.Storage;

namespace Tandem.Device;

/// <summary>
/// A model as it stands for one user: the state after the events, the user's own weights where there are any, and the rows of items.
/// </summary>
internal sealed class UserModel
{
    private const int MostCarried = 1 << 30;    // events in a snapshot's state: more were never observed by anybody

    private readonly UserHistory _history;
    private UserState _state;
    private ItemQuery _query;
    private readonly SuccessorScores? _successors;
    private readonly ContentScores[] _contents;
    private readonly float[] _rows;     // [N × D] of a piece of the events that are about to be taken in, or of items about to be scored
    private readonly long[] _times;     // [N], as many as the runner takes at once
    private readonly float[] _values;   // [N]
    private int[] _places = [];         // of a list
    private long _first;                // the oldest event in the state
    private long _next;                 // the first event that is not in the state
    private bool _isCurrent;            // that nothing but new events changed since the state was made

    /// <param name="model">As shipped.</param>
    /// <param name="items">The rows that arrived with lists, where the model holds no table.</param>
    /// <param name="history">Keeps at least T events, and those that counts of successors and contents read.</param>
    public UserModel(DeviceModel model, ItemCache? items, UserHistory history)
    {
        (Model, Items, _history, SentWeights) = (model, items, history, model.Weights);
        _state = model.Runner.CreateState();
        _query = new(model.Shape.Width);
        if (model.Successors is { Join.Weight: > 0 } counted) _successors = new(counted, history);
        _contents = [.. Enumerable.Range(0, model.Contents.Count).Where(c => model.Contents[c].Weight > 0).Select(c =>
            new ContentScores(model.Contents[c], model.ContentRows?[c] ?? items!.ContentRows(c), history))];
        var N = model.Runner.EventsAtOnce;
        (_rows, _times, _values) = (new float[N * model.Shape.Width], new long[N], new float[N]);
    }

    /// <summary>As shipped.</summary>
    public DeviceModel Model { get; }

    /// <summary>Rises where the same events no longer give the same scores: other weights, or rows that arrived.</summary>
    public long Version { get; private set; }

    /// <summary>The rows that arrived with lists; null where the model holds a table.</summary>
    public ItemCache? Items { get; }

    /// <summary>The weights that the cloud chose for the user, by the runner's layout: as shipped, or changed by a packet.</summary>
    public AlignedFloats SentWeights { get; private set; }

    /// <summary>The packet that brought <see cref="SentWeights"/>; null where they are those shipped.</summary>
    public ServedPacket? Packet { get; private set; }

    /// <summary>The last unix second that <see cref="SentWeights"/> may serve.</summary>
    public long ExpiresAt { get; private set; } = ServedPacket.Never;

    /// <summary>The user's own weights, by the runner's layout; null where none were learned.</summary>
    public AlignedFloats? OwnWeights { get; private set; }

    /// <summary>Bytes that it holds beside the model as shipped.</summary>
    public long SizeBytes =>
        _state.SizeBytes + _query.SizeBytes + (_rows.LongLength + PersonalWeights + _places.Length) * sizeof(float)
        + _times.LongLength * (sizeof(long) + sizeof(float)) + (_successors?.SizeBytes ?? 0) + _contents.Sum(content => content.SizeBytes)
        + (Items?.SizeBytes ?? 0);

    /// <summary>Weights that are this user's alone: those of a packet, and those that were learned.</summary>
    private long PersonalWeights => (SentWeights == Model.Weights ? 0 : SentWeights.Length) + (OwnWeights?.Length ?? 0);

    private ReadOnlySpan<float> Weights => (OwnWeights ?? SentWeights).Span;

    /// <summary>
    /// Makes the state anew before it is next used, because an event was taken back or a row arrived: from the events in sight that are
    /// kept. A model that sees all events thus loses what those before them had left in it.
    /// </summary>
    public void Invalidate()
    {
        Version++;
        _isCurrent = false;
        foreach (var content in _contents) content.Invalidate();
    }

    /// <summary>
    /// Takes in what the history is about to let go of, where the model sees all events: its state would never contain it.
    /// </summary>
    public void KeepUp()
    {
        if (Model.Shape.SeesAll && _history.IsFull && (!_isCurrent || _next <= _history.First)) BringUpToDate();
    }

    /// <summary>Takes weights from the cloud, and lets go of those that were learned.</summary>
    /// <param name="weights">By the layout of the model's runner.</param>
    /// <param name="packet">That brought them; null where that is of no matter.</param>
    public void UseSent(AlignedFloats weights, ServedPacket? packet = null)
    {
        (SentWeights, Packet, ExpiresAt) = (weights, packet, packet?.ExpiresAt ?? ServedPacket.Never);
        Use(null);
    }

    /// <summary>Lets go of all weights but those shipped.</summary>
    public void UseShipped() => UseSent(Model.Weights);

    /// <summary>
    /// Takes the weights with which another of the same events was tried, and the state that they gave: it need not be made a second time.
    /// </summary>
    /// <param name="tried">Not used afterwards.</param>
    public void TakeOver(UserModel tried)
    {
        UseSent(tried.SentWeights, tried.Packet);
        (_state, _query) = (tried._state, tried._query);
        (_first, _next, _isCurrent) = (tried._first, tried._next, tried._isCurrent);
    }

    /// <summary>Takes learned weights, by the runner's layout; null for those that were sent.</summary>
    public void Use(AlignedFloats? weights)
    {
        OwnWeights = weights;
        Invalidate();
    }

    /// <summary>Where an item's row lies; false where it is not held.</summary>
    public bool TryPlace(int item, out int place)
    {
        if (Items is not null) return Items.TryGetSlot(item, out place);
        place = item;
        return true;
    }

    /// <summary>True where no event has reached the model or its counts: every item would score the same, or as for nobody.</summary>
    public bool KnowsNothing()
    {
        BringUpToDate();
        return _state.Events == 0 && _successors is not { HasSums: true };
    }

    /// <summary>The user's vector after all events, zeros before the first. Not used by models without one.</summary>
    public ReadOnlySpan<float> Vector()
    {
        BringUpToDate();
        return _state.Output;
    }

    /// <summary>What counts of successors add to an item's score, 0 where there are none, and the latest events that it followed.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="most">Events.</param>
    public (float Bonus, IReadOnlyList<FollowedEvent> Events) Followed(int item, int most) => _successors?.Explain(item, most) ?? (0, []);

    /// <summary>What each content adds to an item's score; NaN where its row is not held.</summary>
    /// <param name="item">1 … V.</param>
    public IReadOnlyList<ContentPart> Content(int item) => [.. _contents.Select(content =>
    {
        if (!TryPlace(item, out var place)) return new ContentPart(content.Name, float.NaN);
        Span<float> score = stackalloc float[1];
        score.Clear();
        content.AddTo(this, [place], score);
        return new ContentPart(content.Name, score[0]);
    })];

    /// <summary>Scores of items whose rows are held, counts of successors and contents included.</summary>
    /// <param name="items">[N].</param>
    /// <param name="scores">[N]; NaN where a row is not held.</param>
    public void Score(ReadOnlySpan<int> items, Span<float> scores)
    {
        BringUpToDate();
        if (_places.Length < items.Length) _places = new int[items.Length];
        var places = _places.AsSpan(0, items.Length);
        var held = true;
        for (var i = 0; i < items.Length; i++) held &= TryPlace(items[i], out places[i]);
        if (Model.Runner.ScoresByProduct && held) Rows.Score(_query, places, scores);
        else ScoreOneByOne(items, scores);
        _successors?.AddTo(items, scores);
        if (_contents.Length > 0) AddContents(items, places, scores, held);
    }

    /// <summary>Scores of neighbouring items of a table, counts of successors and contents included.</summary>
    /// <param name="first">Item id.</param>
    /// <param name="scores">[N].</param>
    public void ScoreRange(int first, Span<float> scores)
    {
        BringUpToDate();
        if (Model.Runner.ScoresByProduct) Rows.ScoreRange(_query, first, scores);
        else ScoreRangeByRows(first, scores);
        _successors?.AddToRange(first, scores);
        foreach (var content in _contents) content.AddToRange(this, first, scores);
    }

    /// <summary>Scores of neighbouring slots of the rows that arrived with lists; those of empty slots mean nothing.</summary>
    /// <param name="first">Slot.</param>
    /// <param name="scores">[N].</param>
    public void ScoreSlots(int first, Span<float> scores)
    {
        BringUpToDate();
        if (Model.Runner.ScoresByProduct) Rows.ScoreRange(_query, first, scores);
        else ScoreRangeByRows(first, scores);
        _successors?.AddTo(Items!.ItemsBySlot.Slice(first, scores.Length), scores);
        foreach (var content in _contents) content.AddToRange(this, first, scores);
    }

    /// <summary>An item's row as the model reads it; false where it is not held.</summary>
    public bool TryRead(int item, Span<float> row)
    {
        if (!TryPlace(item, out var place)) return false;
        Rows.Read(place, row);
        return true;
    }

    /// <summary>Writes the state and the weights that are not as shipped.</summary>
    public void Save(SnapshotWriter writer)
    {
        writer.Add<long>("state.counts", [_state.Events, _first, _next, _isCurrent ? 1 : 0]);
        writer.Add<float>("state.carried", _state.Carried);
        writer.Add<float>("state.output", _state.Output);
        writer.Add<long>("state.times", _state.Times);
        if (SentWeights != Model.Weights) writer.Add<float>("weights.sent", SentWeights.Span);
        Packet?.Save(writer);
        if (OwnWeights is not null) writer.Add<float>("weights.own", OwnWeights.Span);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; false where it does not fit the model or the history.</summary>
    public bool TryLoad(SnapshotReader reader)
    {
        if (!reader.TryGet<long>("state.counts", out var counts) || !reader.TryGet<float>("state.carried", out var carried)
            || !reader.TryGet<float>("state.output", out var output) || !reader.TryGet<long>("state.times", out var times)
            || counts.Length != 4 || carried.Length != _state.Carried.Length || output.Length != _state.Output.Length
            || times.Length != _state.Times.Length || !AreCounts(counts)
            || !FiniteWeights.AreWithin(carried, FiniteWeights.GreatestComputed)
            || !FiniteWeights.AreWithin(output, FiniteWeights.GreatestComputed))
        {
            return false;
        }

        if (!TryLoadWeights(reader, "weights.sent", out var sent) || !TryLoadWeights(reader, "weights.own", out var own)) return false;
        ServedPacket? packet = null;
        if (sent is not null && !ServedPacket.TryLoad(reader, out packet)) return false;
        (SentWeights, OwnWeights, Packet, ExpiresAt) = (sent ?? Model.Weights, own, packet, packet?.ExpiresAt ?? ServedPacket.Never);
        carried.CopyTo(_state.Carried);
        output.CopyTo(_state.Output);
        times.CopyTo(_state.Times);
        (_state.Events, _first, _next, _isCurrent) = ((int)counts[0], counts[1], counts[2], counts[3] != 0);
        _query.Set(_state.Output);
        return true;
    }

    /// <summary>
    /// Whether a state can be of so many events: those between the first and the next, which are of the history, less those that were
    /// passed over. The events that follow then fit behind them. One that is to be made anew may be of any.
    /// </summary>
    private bool AreCounts(ReadOnlySpan<long> counts)
    {
        if (counts is not [var events and >= 0, var first and >= 0, var next, var isCurrent]) return false;
        if (isCurrent == 0) return events <= int.MaxValue;
        var most = Model.Shape.SeesAll ? MostCarried : Model.Shape.Window;
        return first <= next && next <= _history.Count && events <= next - first && events <= most && (first == 0 || !Model.Shape.SeesAll);
    }

    private bool TryLoadWeights(SnapshotReader reader, string name, out AlignedFloats? weights)
    {
        weights = null;
        if (!reader.TryGet<float>(name, out var values)) return true;
        if (values.Length != Model.Weights.Length || !FiniteWeights.AreWithin(values, FiniteWeights.Greatest)) return false;
        weights = new(values.Length);
        values.CopyTo(weights.Span);
        return true;
    }

    /// <summary>One that is not held has no score to add to.</summary>
    private void AddContents(ReadOnlySpan<int> items, ReadOnlySpan<int> places, Span<float> scores, bool areHeld)
    {
        foreach (var content in _contents)
        {
            for (var i = 0; !areHeld && i < items.Length; i++)
                if (TryPlace(items[i], out _)) content.AddTo(this, places.Slice(i, 1), scores.Slice(i, 1));
            if (areHeld) content.AddTo(this, places, scores);
        }
    }

    private ItemRows Rows => Model.Rows ?? Items!.Rows;

    private void ScoreRangeByRows(int first, Span<float> scores)
    {
        var (D, tile) = (Model.Shape.Width, _times.Length);
        for (var from = 0; from < scores.Length; from += tile)
        {
            var part = scores.Slice(from, Math.Min(tile, scores.Length - from));
            for (var i = 0; i < part.Length; i++) Rows.Read(first + from + i, _rows.AsSpan(i * D, D));
            Model.Runner.Score(Weights, _state, _rows.AsSpan(0, part.Length * D), part);
        }
    }

    private void ScoreOneByOne(ReadOnlySpan<int> items, Span<float> scores)
    {
        var D = Model.Shape.Width;
        for (var i = 0; i < items.Length; i++)
        {
            if (TryRead(items[i], _rows.AsSpan(0, D))) Model.Runner.Score(Weights, _state, _rows.AsSpan(0, D), scores.Slice(i, 1));
            else scores[i] = float.NaN;
        }
    }

    private void BringUpToDate()
    {
        var first = Model.Shape.FirstSeen(_history.Count);
        if (!_isCurrent || first != _first || _next > _history.Count)
        {
            _state.Reset();
            (_first, _next, _isCurrent) = (first, first, true);
        }
        else if (_next == _history.Count)
        {
            return;
        }

        _next = Math.Max(_next, _history.First);
        while (_next < _history.Count)
        {
            var events = ReadEvents();
            if (events.Count > 0) Model.Runner.Advance(Weights, _state, events);
        }

        _query.Set(_state.Output);
    }

    /// <summary>
    /// The next events that are not in the state, as many as are taken at once; those whose row is not held are passed over.
    /// </summary>
    private EventSpan ReadEvents()
    {
        var (D, most, events) = (Model.Shape.Width, _times.Length, 0);
        for (; _next < _history.Count && events < most; _next++)
        {
            if (!TryRead(_history.ItemAt(_next), _rows.AsSpan(events * D, D))) continue;
            (_times[events], _values[events]) = (_history.TimeAt(_next), (float)_history.ValueAt(_next));
            events++;
        }

        return new(_rows.AsSpan(0, events * D), _times.AsSpan(0, events), _values.AsSpan(0, events));
    }
}
