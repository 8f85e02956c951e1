using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Data.Metrics;

/// <summary>
/// The k best items of a row of scores. A heap keeps the best so far with the worst of them at its root; sixteen scores at a time are
/// compared with it and skipped together, which is what happens to nearly all of a long row.
/// </summary>
public static class TopItems
{
    /// <summary>
    /// Chooses the items of the highest scores, best first; equal scores: the lower id first. NaN and negative infinity are never
    /// chosen: set the scores of padding and of items to leave out to negative infinity before. Allocates nothing.
    /// </summary>
    /// <param name="scores">[V + 1] float32 by item id, higher is better; entry 0 is as any other.</param>
    /// <param name="items">[k] receives item ids.</param>
    /// <param name="best">[k] receives their scores.</param>
    /// <returns>How many were chosen: k, or fewer where fewer can be.</returns>
    /// <exception cref="ArgumentException">The two destinations differ in length.</exception>
    public static int Choose(ReadOnlySpan<float> scores, Span<int> items, Span<float> best)
    {
        if (items.Length != best.Length)
            throw new ArgumentException($"room for {items.Length} items and {best.Length} scores; expected as much");
        if (items.IsEmpty) return 0;
        var heap = new Heap(items, best);
        var lanes = Vector256<float>.Count;
        ref var first = ref MemoryMarshal.GetReference(scores);
        var i = 0;
        for (; i <= scores.Length - 2 * lanes; i += 2 * lanes)
        {
            // Ids ascend, so a score equal to the threshold has the higher id and loses: only greater ones matter. NaN is not greater.
            var threshold = Vector256.Create(heap.Threshold);
            var above = Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)i), threshold)
                | Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)(i + lanes)), threshold);
            if (above.AsInt32() != Vector256<int>.Zero) heap.Offer(scores, i, i + 2 * lanes);
        }

        heap.Offer(scores, i, scores.Length);
        return heap.Sort();
    }

    /// <summary>The worst item at the root: the lowest score and, among equals, the highest id.</summary>
    private ref struct Heap(Span<int> items, Span<float> scores)
    {
        private readonly Span<int> _items = items;
        private readonly Span<float> _scores = scores;
        private int _count;

        /// <summary>A score must exceed this to enter; negative infinity while there is room.</summary>
        public float Threshold { get; private set; } = float.NegativeInfinity;

        public void Offer(ReadOnlySpan<float> row, int from, int to)
        {
            for (var item = from; item < to; item++)
                if (row[item] > Threshold) Add(item, row[item]);
        }

        /// <summary>Takes the worst out again and again and puts it behind the rest: best first remains.</summary>
        public readonly int Sort()
        {
            for (var end = _count - 1; end > 0; end--)
            {
                var (item, score) = (_items[end], _scores[end]);
                (_items[end], _scores[end]) = (_items[0], _scores[0]);
                SiftDown(end, item, score);
            }

            return _count;
        }

        private void Add(int item, float score)
        {
            if (_count < _items.Length) SiftUp(_count++, item, score);
            else SiftDown(_count, item, score);
            if (_count == _items.Length) Threshold = _scores[0];
        }

        private readonly void SiftUp(int place, int item, float score)
        {
            for (; place > 0; place = (place - 1) / 2)
            {
                var parent = (place - 1) / 2;
                if (!IsWorse(item, score, parent)) break;
                (_items[place], _scores[place]) = (_items[parent], _scores[parent]);
            }

            (_items[place], _scores[place]) = (item, score);
        }

        /// <summary>Puts an item in place of the root of the first <paramref name="count"/>.</summary>
        private readonly void SiftDown(int count, int item, float score)
        {
            var place = 0;
            for (var child = 1; child < count; child = 2 * place + 1)
            {
                if (child + 1 < count && IsWorse(_items[child + 1], _scores[child + 1], child)) child++;
                if (IsWorse(item, score, child)) break;
                (_items[place], _scores[place]) = (_items[child], _scores[child]);
                place = child;
            }

            (_items[place], _scores[place]) = (item, score);
        }

        private readonly bool IsWorse(int item, float score, int than) =>
            score < _scores[than] || (score == _scores[than] && item > _items[than]);
    }
}
