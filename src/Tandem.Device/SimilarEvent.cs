namespace Tandem.Device;

/// <summary>A past event beside an item that is explained.</summary>
/// <param name="Item">Item id of the event.</param>
/// <param name="Age">Events since: 0 for the newest.</param>
/// <param name="Similarity">Cosine of the two items' embeddings, −1 to 1.</param>
public readonly record struct SimilarEvent(int Item, long Age, float Similarity);
