namespace Tandem.Cloud.Events;

/// <summary>An event as it is to be kept. Items are named by their keys, which outlive a catalogue's numbering.</summary>
/// <param name="Id">Made by the device; a second event of the same device and id is the same event.</param>
/// <param name="Item">The item's key.</param>
/// <param name="Time">Unix seconds, as the device says.</param>
/// <param name="Value">A rating or another strength, finite.</param>
public readonly record struct NewEvent(string Id, string Item, long Time, float Value);
