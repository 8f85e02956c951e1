namespace Tandem.Device;

/// <summary>One recommended item and where its place comes from.</summary>
/// <param name="Item">Item id.</param>
/// <param name="Score">The score that ranked it; comparable within one answer only.</param>
/// <param name="CloudScore">Its log-probability on the cloud's list; NaN for an item that is not on it.</param>
/// <param name="DeviceScore">The device's score: the model's logit, and what counts of successors add to it.</param>
public readonly record struct Recommendation(int Item, float Score, float CloudScore, float DeviceScore);
