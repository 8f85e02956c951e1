namespace Tandem.Data.Preparation;

/// <summary>
/// Events user after user, each user's sorted by time, parts of seconds included; equal times keep the order of reading. Filters shift the
/// events that stay to the front, in place.
/// </summary>
internal sealed class EventRows
{
    private readonly int _itemCount;
    private readonly uint[] _fractions; // of seconds, until all are sorted; empty where all times are whole

    /// <summary>Sorts all events that were read.</summary>
    public EventRows(ReadEvents read, int users, int items)
    {
        _itemCount = items;
        Offsets = new int[users + 1];
        Items = new int[read.Count];
        Times = new long[read.Count];
        Values = read.Values.IsThere ? new float[read.Count] : [];
        _fractions = read.Fractions.IsThere ? new uint[read.Count] : [];
        CountUsers(read);
        Scatter(read);
        SortByTime();
        Repeats = CountRepeats();
        HasFractions = _fractions.Length > 0;
        _fractions = [];
    }

    /// <summary>
    /// Events whose user, item and time, parts of seconds included, an event read before has already, filters left aside.
    /// </summary>
    public int Repeats { get; }

    /// <summary>True where a time was not a whole second.</summary>
    public bool HasFractions { get; }

    /// <summary>[users + 1] where each user's events begin.</summary>
    public int[] Offsets { get; }

    /// <summary>[events or more] item numbers; what lies behind the last offset is void.</summary>
    public int[] Items { get; }

    /// <summary>[events or more] times; what lies behind the last offset is void.</summary>
    public long[] Times { get; }

    /// <summary>[events or more] values, or empty where all are 1; what lies behind the last offset is void.</summary>
    public float[] Values { get; }

    public int Count => Offsets[^1];

    /// <summary>The earliest and the latest time.</summary>
    public (long First, long Last) TimeRange()
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            if (Offsets[user] < Offsets[user + 1])
                (first, last) = (Math.Min(first, Times[Offsets[user]]), Math.Max(last, Times[Offsets[user + 1] - 1]));
        }

        return (first, last);
    }

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
        {
            for (var i = Offsets[user]; i < Offsets[user + 1]; i++)
                Times[i] = i - Offsets[user];
        }
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

    private void CountUsers(ReadEvents read)
    {
        foreach (var block in read.Blocks())
        {
            foreach (ref readonly var e in block.Span)
                Offsets[e.User + 1]++;
        }

        for (var user = 0; user < Offsets.Length - 1; user++)
            Offsets[user + 1] += Offsets[user];
    }

    private void Scatter(ReadEvents read)
    {
        var next = Offsets[..^1];
        foreach (var (number, block) in read.Blocks().Index())
        {
            var events = block.Span;
            var values = read.Values[number];
            var fractions = read.Fractions[number];
            for (var i = 0; i < events.Length; i++)
            {
                ref readonly var e = ref events[i];
                var at = next[e.User]++;
                (Items[at], Times[at]) = (e.Item, e.Time);
                if (values.Length > 0) Values[at] = values[i];
                if (fractions.Length > 0) _fractions[at] = fractions[i];
            }
        }
    }

    private void SortByTime()
    {
        var buffer = Array.Empty<Timed>();
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            var (begin, length) = (Offsets[user], Offsets[user + 1] - Offsets[user]);
            if (IsSorted(begin, begin + length)) continue;
            if (buffer.Length < length) buffer = new Timed[Math.Max(length, 2 * buffer.Length)];
            for (var i = 0; i < length; i++)
            {
                buffer[i] = new Timed(
                    Times[begin + i], Fraction(begin + i), i, Items[begin + i], Values.Length > 0 ? Values[begin + i] : 1);
            }

            buffer.AsSpan(0, length).Sort();
            for (var i = 0; i < length; i++)
            {
                (Times[begin + i], Items[begin + i]) = (buffer[i].Time, buffer[i].Item);
                if (Values.Length > 0) Values[begin + i] = buffer[i].Value;
                if (_fractions.Length > 0) _fractions[begin + i] = buffer[i].Fraction;
            }
        }
    }

    private bool IsSorted(int begin, int end)
    {
        for (var i = begin + 1; i < end; i++)
        {
            if (Times[i - 1] > Times[i] || (Times[i - 1] == Times[i] && Fraction(i - 1) > Fraction(i)))
                return false;
        }

        return true;
    }

    private int CountRepeats()
    {
        var (repeats, buffer) = (0, Array.Empty<int>());
        for (var user = 0; user < Offsets.Length - 1; user++)
        {
            for (var begin = Offsets[user]; begin < Offsets[user + 1];)
            {
                var end = begin + 1;
                while (end < Offsets[user + 1] && Times[end] == Times[begin] && Fraction(end) == Fraction(begin)) end++;
                if (end - begin > 1) repeats += Repeated(Items.AsSpan(begin, end - begin), ref buffer);
                begin = end;
            }
        }

        return repeats;
    }

    private static int Repeated(ReadOnlySpan<int> items, ref int[] buffer)
    {
        if (buffer.Length < items.Length) buffer = new int[Math.Max(items.Length, 2 * buffer.Length)];
        var sorted = buffer.AsSpan(0, items.Length);
        items.CopyTo(sorted);
        sorted.Sort();
        var repeats = 0;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
                repeats++;
        }

        return repeats;
    }

    private uint Fraction(int at) => _fractions.Length > 0 ? _fractions[at] : 0;

    /// <summary>Ordered by time, then order of reading: the library's sort is not stable by itself.</summary>
    private readonly record struct Timed(long Time, uint Fraction, int Order, int Item, float Value) : IComparable<Timed>
    {
        public int CompareTo(Timed other) => Time != other.Time ? Time.CompareTo(other.Time)
            : Fraction != other.Fraction ? Fraction.CompareTo(other.Fraction)
            : Order.CompareTo(other.Order);
    }
}
