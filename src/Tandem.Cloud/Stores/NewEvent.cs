using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>An event as it is to be kept. Items are named by their keys, which outlive a catalogue's numbering.</summary>
/// <param name="Id">Made by the device; a second event of the same device and id is the same event. 1 to 64 characters.</param>
/// <param name="Item">The item's key, 1 to 512 characters.</param>
/// <param name="Time">Unix seconds, as the device says.</param>
/// <param name="Value">A rating or another strength, finite.</param>
public readonly record struct NewEvent(string Id, string Item, long Time, float Value)
{
    /// <summary>Longest <see cref="Id"/>, in characters.</summary>
    public const int LongestId = ReportedEvent.LongestId;

    /// <summary>Longest <see cref="Item"/>, in characters: PostgreSQL's indexes take 2,704 bytes.</summary>
    public const int LongestItem = 512;
}
