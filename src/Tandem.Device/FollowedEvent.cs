namespace Tandem.Device;

/// <summary>A past event that an explained item tends to follow, by counts of successors.</summary>
/// <param name="Item">Item id of the event.</param>
/// <param name="Age">Events since: 0 for the newest.</param>
/// <param name="Share">Its part ρ^k c of the item's sum x, above 0, at most 1; the parts of all events that were read add up to 1.</param>
public readonly record struct FollowedEvent(int Item, long Age, float Share);
