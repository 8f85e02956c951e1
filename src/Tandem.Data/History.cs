namespace Tandem.Data;

/// <summary>What is known of a user when something is to be recommended.</summary>
/// <param name="Items">[N] item ids, oldest first; may be empty.</param>
/// <param name="Times">[N] times of the events, as <see cref="SequenceDataset.Times"/> gives them, or empty where they are unknown.</param>
/// <param name="Values">[N] values of the events, as <see cref="SequenceDataset.Values"/> gives them, or empty where all are 1.</param>
public readonly record struct History(ReadOnlyMemory<int> Items, ReadOnlyMemory<long> Times, ReadOnlyMemory<float> Values = default)
{
    /// <summary>A history without times and values.</summary>
    public static implicit operator History(int[] items) => new(items, default);

    /// <summary>The oldest events.</summary>
    /// <param name="length">How many, at most <see cref="Length"/>.</param>
    public History First(int length) => Slice(0, length);

    /// <summary>Neighbouring events.</summary>
    /// <param name="first">Place of the oldest, from 0.</param>
    /// <param name="length">How many.</param>
    public History Slice(int first, int length) => new(
        Items.Slice(first, length), Times.IsEmpty
            ? Times
            : Times.Slice(first, length), Values.IsEmpty ? Values : Values.Slice(first, length));

    /// <summary>The events whose items fulfil a condition; this history where all do.</summary>
    /// <param name="keeps">Asked for each item.</param>
    public History Where(Func<int, bool> keeps)
    {
        var items = Items.Span;
        var kept = new List<int>(Length);
        for (var i = 0; i < items.Length; i++)
            if (keeps(items[i])) kept.Add(i);
        return kept.Count == Length ? this : new(Pick(Items, kept), Pick(Times, kept), Pick(Values, kept));
    }

    private static T[] Pick<T>(ReadOnlyMemory<T> values, List<int> places) =>
        values.IsEmpty ? [] : [.. places.Select(place => values.Span[place])];

    /// <summary>N.</summary>
    public int Length => Items.Length;
}
