namespace Tandem.Device;

/// <summary>One recommended item and where its place comes from.</summary>
/// <param name="Item">Item id.</param>
/// <param name="Score">The score that ranked it; comparable within one answer only.</param>
/// <param name="CloudScore">Its log-probability on the cloud's list; NaN for an item that is not on it.</param>
/// <param name="DeviceScore">
/// The device's score: the model's logit, and what counts of successors add to it; NaN for an item that is there for its popularity.
/// </param>
public readonly record struct Recommendation(int Item, float Score, float CloudScore, float DeviceScore)
{
    /// <summary>
    /// True where nothing is known of the user yet, and the item is there for its popularity: neither cloud nor device has an opinion, and
    /// <see cref="Score"/> is the item's share of all events in training.
    /// </summary>
    public bool IsForPopularity => float.IsNaN(CloudScore) && float.IsNaN(DeviceScore);
}
