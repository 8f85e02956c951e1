using System.Numerics;

namespace Tandem.Protocol.Items;

/// <summary>
/// Sums of counts by item for one history, x(b) = Σ_k ρ^k c(h_k, b). Sparse: it costs what the rows of the last items hold, whatever the
/// size of the catalogue, and after construction allocates nothing. Sums are made from the newest event to the oldest, so they are
/// the same numbers wherever they are made. Not for use by two threads at once.
/// </summary>
public sealed class SuccessorSum
{
    private readonly SuccessorTable _table;
    private readonly float[] _weights;  // [Recent]: ρ^k
    private readonly int[] _items;      // [capacity] those with a sum
    private readonly float[] _sums;     // [capacity] beside them
    private readonly int[] _slots;      // open addressing: place among the items + 1, 0 for an empty slot
    private readonly int _shift;

    /// <param name="table">Whose rows are summed.</param>
    /// <param name="recent">Most events that are read.</param>
    /// <param name="recencyDecay">ρ.</param>
    public SuccessorSum(SuccessorTable table, int recent, double recencyDecay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recent, 1);
        _table = table;
        _weights = new float[recent];
        for (var k = 0; k < recent; k++) _weights[k] = (float)Math.Pow(recencyDecay, k);
        var capacity = (int)Math.Min((long)recent * table.LongestRow, table.Items);
        (_items, _sums) = (new int[capacity], new float[capacity]);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 4L * capacity))]; // at most a quarter full
        _shift = 32 - BitOperations.Log2((uint)_slots.Length);
    }

    /// <summary>Most events that are read.</summary>
    public int Recent => _weights.Length;

    /// <summary>Items with a sum: those that follow any of the events read.</summary>
    public int Count { get; private set; }

    /// <summary>[Count] in the order in which they were first added.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    /// <summary>[Count] x of each item, at least 0.</summary>
    public ReadOnlySpan<float> Sums => _sums.AsSpan(0, Count);

    /// <summary>Most items that can have a sum.</summary>
    public int Capacity => _items.Length;

    /// <summary>Bytes that it holds beside the table.</summary>
    public long SizeBytes => (_items.Length + _slots.Length) * sizeof(int) + (_sums.Length + _weights.Length) * sizeof(float);

    /// <summary>Sums over the end of a history.</summary>
    /// <param name="history">[N] item ids, oldest first; the last <see cref="Recent"/> are read.</param>
    public void Read(ReadOnlySpan<int> history)
    {
        Clear();
        for (var k = 0; k < Math.Min(Recent, history.Length); k++) AddEvent(history[^(k + 1)], k);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Adds what follows one event.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="age">Events after it, 0 … <see cref="Recent"/> − 1.</param>
    public void AddEvent(int item, int age) => _table.AddRow(item, _weights[age], this);

    /// <summary>Place of an item among <see cref="Items"/>, −1 where it has no sum.</summary>
    public int IndexOf(int item)
    {
        var mask = _slots.Length - 1;
        for (var slot = FirstSlot(item); _slots[slot] is not 0 and var place; slot = (slot + 1) & mask)
            if (_items[place - 1] == item) return place - 1;
        return -1;
    }

    /// <summary>ρ^k c(item, successor): what one event adds to the sum of a successor.</summary>
    /// <param name="item">Of the event, 1 … V.</param>
    /// <param name="age">Events after it, 0 … <see cref="Recent"/> − 1.</param>
    /// <param name="successor">1 … V.</param>
    public float Part(int item, int age, int successor) => _weights[age] * _table.Count(item, successor);

    /// <summary>Adds step · code to the sum of each item of a row.</summary>
    /// <typeparam name="TId">How ids are stored.</typeparam>
    /// <param name="row">[N] distinct items.</param>
    /// <param name="codes">[N].</param>
    /// <param name="step">What a code's 1 stands for.</param>
    internal void Add<TId>(ReadOnlySpan<TId> row, ReadOnlySpan<byte> codes, float step)
        where TId : unmanaged, IBinaryInteger<TId>
    {
        // Fields as locals: what is stored in an array could otherwise, for all the compiler knows, be one of them.
        var (slots, items, sums, count) = (_slots, _items, _sums, Count);
        var mask = slots.Length - 1;
        for (var i = 0; i < row.Length; i++)
        {
            var (item, amount) = (int.CreateTruncating(row[i]), step * codes[i]);
            var slot = FirstSlot(item);
            var place = slots[slot];
            while (place != 0 && items[place - 1] != item)
            {
                slot = (slot + 1) & mask;
                place = slots[slot];
            }

            if (place != 0)
            {
                sums[place - 1] += amount;
                continue;
            }

            (items[count], sums[count]) = (item, amount);
            slots[slot] = ++count;
        }

        Count = count;
    }

    /// <summary>The upper bits of a product with the golden ratio spread neighbouring ids.</summary>
    private int FirstSlot(int item) => (int)(((uint)item * 2_654_435_769u) >> _shift);
}
