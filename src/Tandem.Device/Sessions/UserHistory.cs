using System.Numerics;
using System.Numerics.Tensors;
using Tandem.Device.Storage;

namespace Tandem.Device.Sessions;

/// <summary>A user's events: the latest of them, and which items occur among all there ever were. Its memory is bounded.</summary>
internal sealed class UserHistory
{
    private readonly int[] _items;      // rings by the event's number
    private readonly long[] _times;
    private readonly Half[] _values;
    private readonly bool[] _isFirst;   // of its item, so that taking it back makes the item unconsumed
    private readonly ulong[] _consumed; // a bit an item
    private readonly int _lastItem;     // V

    /// <param name="capacity">Most events that are kept.</param>
    /// <param name="items">V.</param>
    public UserHistory(int capacity, int items)
    {
        (_items, _times, _values, _isFirst) = (new int[capacity], new long[capacity], new Half[capacity], new bool[capacity]);
        (_consumed, _lastItem) = (new ulong[items / 64 + 1], items);
    }

    /// <summary>A copy that keeps more events.</summary>
    /// <param name="from">What it goes on from.</param>
    /// <param name="capacity">Most events that are kept, at least as many as before.</param>
    public UserHistory(UserHistory from, int capacity)
        : this(capacity, from._lastItem)
    {
        for (var number = from.First; number < from.Count; number++)
        {
            var (old, place) = (from.Place(number), Place(number));
            (_items[place], _times[place], _values[place], _isFirst[place]) =
                (from._items[old], from._times[old], from._values[old], from._isFirst[old]);
        }

        from._consumed.CopyTo(_consumed, 0);
        (First, Count) = (from.First, from.Count);
    }

    /// <summary>Most events that are kept.</summary>
    public int Capacity => _items.Length;

    /// <summary>Another number after every change, so that what was made of the events is known to be of these.</summary>
    public long Version { get; private set; }

    /// <summary>Events so far; the next one gets this number.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the oldest event that is kept.</summary>
    public long First { get; private set; }

    /// <summary>True where the next event takes the place of the oldest that is kept.</summary>
    public bool IsFull => Count - First == _items.Length;

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes =>
        _items.Length * (sizeof(int) + sizeof(long) + sizeof(ushort) + sizeof(bool)) + _consumed.Length * sizeof(ulong);

    public void Add(int item, long time, Half value)
    {
        var place = Place(Count);
        (_items[place], _times[place], _values[place], _isFirst[place]) = (item, time, value, !IsConsumed(item));
        _consumed[item / 64] |= 1UL << item;
        Count++;
        Version++;
        First = Math.Max(First, Count - _items.Length);
    }

    /// <summary>Empties it and lets the next event have a number.</summary>
    public void Start(long count)
    {
        (Count, First) = (count, count);
        Version++;
        Array.Clear(_consumed);
    }

    /// <summary>Counts an item as consumed by an event that is not kept.</summary>
    public void AddForgotten(int item) => _consumed[item / 64] |= 1UL << item;

    /// <summary>Items that were consumed by events that are not kept.</summary>
    public IEnumerable<int> Forgotten()
    {
        var kept = new HashSet<int>();
        for (var number = First; number < Count; number++)
        {
            if (_isFirst[Place(number)]) kept.Add(ItemAt(number));
        }

        for (var word = 0; word < _consumed.Length; word++)
        {
            for (var bits = _consumed[word]; bits != 0; bits &= bits - 1)
            {
                var item = word * 64 + BitOperations.TrailingZeroCount(bits);
                if (!kept.Contains(item)) yield return item;
            }
        }
    }

    /// <summary>Takes back the newest event; false where none is kept.</summary>
    public bool TryUndo()
    {
        if (Count == First) return false;
        Count--;
        Version++;
        var place = Place(Count);
        if (_isFirst[place]) _consumed[_items[place] / 64] &= ~(1UL << _items[place]);
        return true;
    }

    /// <summary>True where the item occurs in any event, kept or not.</summary>
    public bool IsConsumed(int item) => (_consumed[item / 64] >> item & 1) != 0;

    /// <param name="number">Of a kept event.</param>
    public int ItemAt(long number) => _items[Place(number)];

    /// <param name="number">Of a kept event.</param>
    public long TimeAt(long number) => _times[Place(number)];

    /// <param name="number">Of a kept event.</param>
    public Half ValueAt(long number) => _values[Place(number)];

    /// <summary>The items of all kept events, oldest first.</summary>
    public int[] CopyItems()
    {
        var items = new int[Count - First];
        for (var i = 0; i < items.Length; i++) items[i] = ItemAt(First + i);
        return items;
    }

    /// <summary>The times of all kept events, oldest first; null where all are 0, which stands for an unknown one.</summary>
    public long[]? CopyTimes()
    {
        var times = new long[Count - First];
        for (var i = 0; i < times.Length; i++) times[i] = TimeAt(First + i);
        return times.AsSpan().ContainsAnyExcept(0) ? times : null;
    }

    /// <summary>The values of all kept events, oldest first; null where all are 1.</summary>
    public float[]? CopyValues()
    {
        var values = new float[Count - First];
        for (var i = 0; i < values.Length; i++) values[i] = (float)ValueAt(First + i);
        return values.AsSpan().ContainsAnyExcept(1) ? values : null;
    }

    /// <summary>Writes all of it.</summary>
    public void Save(SnapshotWriter writer)
    {
        var (times, values) = (new long[Count - First], new Half[Count - First]);
        for (var i = 0; i < times.Length; i++) (times[i], values[i]) = (TimeAt(First + i), ValueAt(First + i));
        writer.Add<long>("history.first", [First]);
        writer.Add<int>("history.items", CopyItems());
        writer.Add<long>("history.times", times);
        writer.Add<Half>("history.values", values);
        writer.Add<int>("history.forgotten", [.. Forgotten()]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a history that is empty; false where the parts do not fit.</summary>
    public bool TryLoad(SnapshotReader reader)
    {
        if (!reader.TryGet<long>("history.first", out var first) || !reader.TryGet<int>("history.items", out var items)
            || !reader.TryGet<long>("history.times", out var times) || !reader.TryGet<int>("history.forgotten", out var forgotten)
            || first is not [>= 0 and <= EventLogHeader.MostEvents] || items.Length != times.Length || !AreItems(items)
            || !AreItems(forgotten)
            || !TryGetValues(reader, items.Length, out var values))
        {
            return false;
        }

        Start(first[0]);
        foreach (var item in forgotten) AddForgotten(item);
        for (var i = 0; i < items.Length; i++) Add(items[i], times[i], values.IsEmpty ? Half.One : values[i]);
        return true;
    }

    /// <summary>Empty where the snapshot holds none: every value is then 1.</summary>
    private static bool TryGetValues(SnapshotReader reader, int count, out ReadOnlySpan<Half> values)
    {
        values = default;
        if (!reader.Has("history.values")) return true;
        return reader.TryGet("history.values", out values) && values.Length == count
            && (values.IsEmpty || TensorPrimitives.IsFiniteAll(values)); // of nothing it is false
    }

    private bool AreItems(ReadOnlySpan<int> items) => !items.ContainsAnyExceptInRange(1, _lastItem);

    private int Place(long number) => (int)(number % _items.Length);
}
