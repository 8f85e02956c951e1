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

    /// <summary>The first place from which on a score may still enter, in a stream of rising item ids.</summary>
    /// <param name="scores">Of items about to be added.</param>
    /// <param name="from">Where to start.</param>
    /// <returns>The length where there is none.</returns>
    public readonly int NextBetter(ReadOnlySpan<float> scores, int from)
    {
        var least = Count < _items.Length ? float.NegativeInfinity : _items.Length == 0 ? float.PositiveInfinity : _scores[^1];
        while (from < scores.Length && !(scores[from] > least)) from++;
        return from;
    }

    private readonly bool IsBetter(int item, float score, int than) =>
        score > _scores[than] || (score == _scores[than] && item < _items[than]);
}
