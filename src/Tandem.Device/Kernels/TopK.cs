using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Keeps the best k of a stream of scored items. An item below the worst kept costs one comparison, which is nearly all of them. Equal
/// scores: the smaller item id is better. NaN is never kept.
/// </summary>
/// <remarks>
/// Up to <see cref="MostInserted"/> they are kept in order: what enters moves those behind it, a few vectors. Beyond, that would be k² / 4
/// moves for a k of the size of the stream; they are kept as they come, as a heap with the worst at its root once there are k, and sorted
/// at the end.
/// </remarks>
/// <param name="items">[k] receives item ids, best first once <see cref="Sort"/> has been called.</param>
/// <param name="scores">[k] receives their scores.</param>
internal ref struct TopK(Span<int> items, Span<float> scores)
{
    private const int MostInserted = 256;
    private const int MostCompared = 16; // one by one: what enters seldom goes far up

    private readonly Span<int> _items = items;
    private readonly Span<float> _scores = scores;

    /// <summary>How many are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Offers an item; each item at most once.</summary>
    public void Add(int item, float score)
    {
        if (float.IsNaN(score) || _items.Length == 0) return;
        if (IsHeap)
        {
            AddToHeap(item, score);
            return;
        }

        var place = Count;
        if (place == _items.Length)
        {
            if (!IsBetter(item, score, place - 1)) return;
            place--;
        }
        else
        {
            Count++;
        }

        if (place > MostCompared) place = MakeRoom(item, score, place);
        while (place > 0 && IsBetter(item, score, place - 1))
        {
            (_items[place], _scores[place]) = (_items[place - 1], _scores[place - 1]);
            place--;
        }

        (_items[place], _scores[place]) = (item, score);
    }

    /// <summary>The same where many are kept: its place by halving, and those behind it moved at once.</summary>
    private readonly int MakeRoom(int item, float score, int end)
    {
        var (place, from) = (end, 0);
        while (from < place)
        {
            var middle = (from + place) / 2;
            if (IsBetter(item, score, middle)) place = middle;
            else from = middle + 1;
        }

        _items[place..end].CopyTo(_items[(place + 1)..]);
        _scores[place..end].CopyTo(_scores[(place + 1)..]);
        return place;
    }

    /// <summary>Brings what is kept into order; nothing is to be added afterwards.</summary>
    public readonly void Sort()
    {
        if (!IsHeap) return;
        var items = _items[..Count];
        var scores = _scores[..Count];
        // Negated, so that the library's sort of plain numbers, which rises, begins with the best.
        TensorPrimitives.Negate(scores, scores);
        scores.Sort(items);
        for (int from = 0, end; from < Count; from = end)
        {
            for (end = from + 1; end < Count && scores[end] == scores[from];) end++;
            if (end - from > 1) items[from..end].Sort(scores[from..end]); // 0 and −0 are equal, and each keeps its sign
        }

        TensorPrimitives.Negate(scores, scores);
    }

    /// <summary>
    /// The first place, from a given one on, whose score may enter; a vector of scores that may not costs one comparison.
    /// </summary>
    /// <param name="scores">[N].</param>
    /// <param name="from">Where to start.</param>
    /// <returns>N where there is none.</returns>
    public readonly int NextEntering(ReadOnlySpan<float> scores, int from)
    {
        if (Vector512.IsHardwareAccelerated) return Run<Lanes512>(scores, from);
        if (Vector256.IsHardwareAccelerated) return Run<Lanes256>(scores, from);
        return Run<Lanes128>(scores, from);
    }

    [MethodImpl(Hot.Loop)]
    internal readonly int Run<TLanes>(ReadOnlySpan<float> scores, int from) where TLanes : struct, ILanes<TLanes>
    {
        if (_items.IsEmpty) return scores.Length;
        if (Count < _items.Length) return from;
        var least = _scores[IsHeap ? 0 : _items.Length - 1];
        var worst = TLanes.Broadcast(least);
        while (from + TLanes.Count <= scores.Length
            && !TLanes.AnyAtLeast(TLanes.Load(in MemoryMarshal.GetReference(scores), (nuint)from), worst))
        {
            from += TLanes.Count;
        }

        while (from < scores.Length && !(scores[from] >= least)) from++;
        return from;
    }

    private readonly bool IsHeap => _items.Length > MostInserted;

    private void AddToHeap(int item, float score)
    {
        if (Count < _items.Length)
        {
            (_items[Count], _scores[Count]) = (item, score);
            if (++Count < _items.Length) return;
            for (var place = Count / 2 - 1; place >= 0; place--) Sink(place, _items[place], _scores[place]);
        }
        else if (IsBetter(item, score, 0))
        {
            Sink(0, item, score);
        }
    }

    /// <summary>Puts an item where the one at a place was, or as far below as there are worse ones.</summary>
    private readonly void Sink(int place, int item, float score)
    {
        for (int child; (child = 2 * place + 1) < Count; place = child)
        {
            if (child + 1 < Count && IsBetter(_items[child], _scores[child], child + 1)) child++;
            if (!IsBetter(item, score, child)) break;
            (_items[place], _scores[place]) = (_items[child], _scores[child]);
        }

        (_items[place], _scores[place]) = (item, score);
    }

    private readonly bool IsBetter(int item, float score, int than) =>
        score > _scores[than] || (score == _scores[than] && item < _items[than]);
}
