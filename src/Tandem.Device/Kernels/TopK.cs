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

    /// <summary>
    /// Offers items that follow each other, each at most once. Once k are kept, a vector of scores all below the worst of them costs
    /// one comparison.
    /// </summary>
    /// <param name="scores">[N].</param>
    /// <param name="firstItem">The item of the first score; the others count on from there.</param>
    public void AddRange(ReadOnlySpan<float> scores, int firstItem)
    {
        if (Vector512.IsHardwareAccelerated) Run<Lanes512>(scores, firstItem);
        else if (Vector256.IsHardwareAccelerated) Run<Lanes256>(scores, firstItem);
        else if (Vector128.IsHardwareAccelerated) Run<Lanes128>(scores, firstItem);
        else AddEach(scores, 0, scores.Length, firstItem);
    }

    [MethodImpl(Hot.Loop)]
    internal void Run<TLanes>(ReadOnlySpan<float> scores, int firstItem) where TLanes : struct, ILanes<TLanes>
    {
        if (_items.IsEmpty) return;
        var at = 0;
        for (; at < scores.Length && Count < _items.Length; at++) Add(firstItem + at, scores[at]);
        for (; at + TLanes.Count <= scores.Length; at += TLanes.Count)
        {
            var worst = TLanes.Broadcast(_scores[_items.Length - 1]);
            var block = TLanes.Load(in MemoryMarshal.GetReference(scores), (nuint)at);
            if (TLanes.AnyAtLeast(block, worst)) AddEach(scores, at, at + TLanes.Count, firstItem);
        }

        AddEach(scores, at, scores.Length, firstItem);
    }

    private void AddEach(ReadOnlySpan<float> scores, int from, int to, int firstItem)
    {
        for (var at = from; at < to; at++) Add(firstItem + at, scores[at]);
    }

    private readonly bool IsBetter(int item, float score, int than) =>
        score > _scores[than] || (score == _scores[than] && item < _items[than]);
}
