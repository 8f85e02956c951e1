namespace Tandem.Data;

/// <summary>
/// Events user after user, each user's sorted by time; equal times keep the order of reading. Filters shift the events that stay to the
/// front, in place.
/// </summary>
internal sealed class EventRows
{
    private readonly int _itemCount;

    /// <summary>Sorts all events of the log.</summary>
    public EventRows(EventLog log, int users, int items)
    {
        _itemCount = items;
        Offsets = new int[users + 1];
        Items = new int[log.Count];
        Times = new long[log.Count];
        Values = log.HasValues ? new float[log.Count] : [];
        CountUsers(log);
        Scatter(log);
        SortByTime();
    }

    /// <summary>[users + 1] where each user's events begin.</summary>
    public int[] Offsets { get; }

    /// <summary>[events or more] item numbers; what lies behind the last offset is void.</summary>
    public int[] Items { get; }

    /// <summary>[events or more] times; what lies behind the last offset is void.</summary>
    public long[] Times { get; }

    /// <summary>[events or more] values, or empty where all are 1; what lies behind the last offset is void.</summary>
    public float[] Values { get; }

    public int Count => Offsets[^1];

    /// <summary>Leaves one event of each pair of user and item: the earliest or the latest.</summary>
    public void KeepOne(DuplicateRule which)
    {
        // owner[i] is the last user seen with item i, from 1: one array for all users, never cleared.
        var owner = new int[_itemCount];
        var stays = new bool[Count];
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            var (begin, end) = (Offsets[user], Offsets[user + 1]);
            for (var n = 0; n < end - begin; n++)
            {
                var at = which == DuplicateRule.First ? begin + n : end - 1 - n;
                stays[at] = owner[Items[at]] != user + 1;
                owner[Items[at]] = user + 1;
            }
        }
        Keep(at => stays[at], minUserEvents: 1);
    }

    /// <summary>The iterated core: leaves users and items that have at least so many events among themselves.</summary>
    public void KeepCore(int minUserEvents, int minItemEvents)
    {
        int before;
        do
        {
            before = Count;
            var counts = CountItems();
            Keep(at => counts[Items[at]] >= minItemEvents, minUserEvents);
        }
        while (Count < before);
    }

    /// <summary>[items] events of each item.</summary>
    public int[] CountItems()
    {
        var counts = new int[_itemCount];
        foreach (var item in Items.AsSpan(0, Count))
            counts[item]++;
        return counts;
    }

    /// <summary>Times become the positions 0, 1, 2, … of each user.</summary>
    public void NumberPositions()
    {
        for (var user = 0; user < Offsets.Length - 1; user++)
            for (var i = Offsets[user]; i < Offsets[user + 1]; i++)
                Times[i] = i - Offsets[user];
    }

    private void Keep(Func<int, bool> stays, int minUserEvents)
    {
        var (read, write) = (0, 0);
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            var begin = write;
            for (; read < Offsets[user + 1]; read++)
            {
                if (!stays(read)) continue;
                (Items[write], Times[write]) = (Items[read], Times[read]);
                if (Values.Length > 0) Values[write] = Values[read];
                write++;
            }
            if (write - begin < minUserEvents) write = begin;
            Offsets[user + 1] = write;
        }
    }

    private void CountUsers(EventLog log)
    {
        foreach (var block in log.Blocks())
            foreach (ref readonly var e in block.Span)
                Offsets[e.User + 1]++;
        for (var user = 0; user < Offsets.Length - 1; user++)
            Offsets[user + 1] += Offsets[user];
    }

    private void Scatter(EventLog log)
    {
        var next = Offsets[..^1];
        foreach (var (number, block) in log.Blocks().Index())
        {
            var events = block.Span;
            var values = log.Values(number);
            for (var i = 0; i < events.Length; i++)
            {
                ref readonly var e = ref events[i];
                var at = next[e.User]++;
                (Items[at], Times[at]) = (e.Item, e.Time);
                if (values.Length > 0) Values[at] = values[i];
            }
        }
    }

    private void SortByTime()
    {
        var buffer = Array.Empty<Timed>();
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            var (begin, length) = (Offsets[user], Offsets[user + 1] - Offsets[user]);
            if (IsSorted(Times.AsSpan(begin, length))) continue;
            if (buffer.Length < length) buffer = new Timed[Math.Max(length, 2 * buffer.Length)];
            for (var i = 0; i < length; i++)
                buffer[i] = new Timed(Times[begin + i], i, Items[begin + i], Values.Length > 0 ? Values[begin + i] : 1);
            buffer.AsSpan(0, length).Sort();
            for (var i = 0; i < length; i++)
            {
                (Times[begin + i], Items[begin + i]) = (buffer[i].Time, buffer[i].Item);
                if (Values.Length > 0) Values[begin + i] = buffer[i].Value;
            }
        }
    }

    private static bool IsSorted(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
            if (times[i - 1] > times[i])
                return false;
        return true;
    }

    /// <summary>Ordered by time, then order of reading: the library's sort is not stable by itself.</summary>
    private readonly record struct Timed(long Time, int Order, int Item, float Value) : IComparable<Timed>
    {
        public int CompareTo(Timed other) => Time != other.Time ? Time.CompareTo(other.Time) : Order.CompareTo(other.Order);
    }
}
