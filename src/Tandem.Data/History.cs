namespace Tandem.Data;

/// <summary>What is known of a user when something is to be recommended.</summary>
/// <param name="Items">[N] item ids, oldest first; may be empty.</param>
/// <param name="Times">[N] times of the events, as <see cref="SequenceDataset.Times"/> gives them, or empty where nobody knows them.</param>
public readonly record struct History(ReadOnlyMemory<int> Items, ReadOnlyMemory<long> Times)
{
    /// <summary>A history without times.</summary>
    public static implicit operator History(int[] items) => new(items, default);

    /// <summary>The oldest events.</summary>
    /// <param name="length">How many, at most <see cref="Length"/>.</param>
    public History First(int length) => new(Items[..length], Times.IsEmpty ? Times : Times[..length]);

    /// <summary>N.</summary>
    public int Length => Items.Length;
}
