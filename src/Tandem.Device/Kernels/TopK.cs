using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Keeps the best k of a stream of scored items in order. An item below the worst kept costs one comparison, which is nearly all
/// of them. Equal scores: the smaller item id is better. NaN is never kept.
/// </summary>
/// <param name="items">[k] receives item ids, best first.</param>
/// <param name="scores">[k] receives their scores.</param>
internal ref struct TopK(Span<int> items, Span<float> scores)
{
    private readonly Span<int> _items = items;
    private readonly Span<float> _scores = scores;

    /// <summary>How many are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Offers an item; each item at most once.</summary>
    public void Add(int item, float score)
    {
        if (float.IsNaN(score) || _items.Length == 0) return;
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

        while (place > 0 && IsBetter(item, score, place - 1))
        {
            (_items[place], _scores[place]) = (_items[place - 1], _scores[place - 1]);
            place--;
        }

        (_items[place], _scores[place]) = (item, score);
    }

    /// <summary>The first place, from a given one on, whose score may enter; a vector of scores that may not costs one comparison.</summary>
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
        var least = _scores[_items.Length - 1];
        var worst = TLanes.Broadcast(least);
        while (from + TLanes.Count <= scores.Length && !TLanes.AnyAtLeast(TLanes.Load(in MemoryMarshal.GetReference(scores), (nuint)from), worst))
            from += TLanes.Count;
        while (from < scores.Length && !(scores[from] >= least)) from++;
        return from;
    }

    private readonly bool IsBetter(int item, float score, int than) =>
        score > _scores[than] || (score == _scores[than] && item < _items[than]);
}
