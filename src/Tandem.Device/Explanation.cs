namespace Tandem.Device;

/// <summary>Why an item stands where it stands.</summary>
/// <param name="Item">Item id.</param>
/// <param name="CloudScore">Its log-probability on the cloud's list; NaN for an item that is not left on it.</param>
/// <param name="DeviceScore">The device's score, counts of successors included; NaN where the item's row is not held.</param>
/// <param name="CloudShare">
/// How much of its distance from the middle of the list is the cloud's doing, from 0 to 1: the final score is computed again with all
/// of the cloud's scores made equal, and what then changes is the cloud's. 0 for an item that is not on the list.
/// </param>
/// <param name="DeviceShare">The same with the device's scores made equal. Both shares add up to 1.</param>
/// <param name="NearestEvents">The user's events whose items are most like it, nearest first.</param>
/// <param name="SuccessorScore">
/// How much of the device's score comes from counts of successors: β ln(1 + x / (κ n)) of
/// <see cref="Tandem.Protocol.Items.SuccessorJoin"/>; the rest is the sequence model's. 0 for an item that followed none of the events
/// read, and where the bundle holds no counts.
/// </param>
/// <param name="FollowedEvents">The user's events that it tends to follow, by their share of its counts, the greatest first.</param>
/// <param name="Contents">
/// How much of the device's score comes from what the item is like, for each content of the model with a weight; empty where there is none.
/// </param>
public sealed record Explanation(
    int Item,
    float CloudScore,
    float DeviceScore,
    float CloudShare,
    float DeviceShare,
    IReadOnlyList<SimilarEvent> NearestEvents,
    float SuccessorScore,
    IReadOnlyList<FollowedEvent> FollowedEvents,
    IReadOnlyList<ContentPart> Contents);

/// <summary>What one content adds to an item's score.</summary>
/// <param name="Name">Of the content, such as <c>text</c>.</param>
/// <param name="Score">β cos(e, m) of <see cref="Tandem.Protocol.Items.ContentJoin"/>; NaN where the item's row is not held.</param>
public sealed record ContentPart(string Name, float Score);
