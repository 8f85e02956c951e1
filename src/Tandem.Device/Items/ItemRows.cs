namespace Tandem.Device.Items;

/// <summary>Item rows in some storage, by place: the item's id in a whole table, a slot in a cache.</summary>
internal abstract class ItemRows
{
    /// <summary>A row as the model reads it.</summary>
    /// <param name="place">Where it lies.</param>
    /// <param name="row">[D] float32.</param>
    public abstract void Read(int place, Span<float> row);

    /// <summary>⟨query, row⟩ of chosen rows.</summary>
    /// <param name="query">The user's vector.</param>
    /// <param name="places">[N].</param>
    /// <param name="scores">[N].</param>
    public abstract void Score(ItemQuery query, ReadOnlySpan<int> places, Span<float> scores);

    /// <summary>⟨query, row⟩ of neighbouring rows.</summary>
    /// <param name="query">The user's vector.</param>
    /// <param name="first">Place of the first.</param>
    /// <param name="scores">[N].</param>
    public abstract void ScoreRange(ItemQuery query, int first, Span<float> scores);
}
