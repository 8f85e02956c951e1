using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>One event of a user as a device reports it.</summary>
public sealed record ReportedEvent
{
    /// <summary>Longest <see cref="Id"/>, in characters.</summary>
    public const int LongestId = 64;

    /// <param name="value"><see cref="Value"/>: JSON's readers take the default of a parameter, not that of a property.</param>
    [JsonConstructor]
    public ReportedEvent(float value = 1) => Value = value;

    /// <summary>Made by the device and the same whenever it sends the event; no two events of a user share one.</summary>
    public required string Id { get; init; }

    /// <summary>1..V.</summary>
    public required int Item { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Time { get; init; }

    /// <summary>A rating or another strength, finite. Default 1.</summary>
    public float Value { get; init; }

    internal string? FaultAt(int place, int items)
    {
        if (Id.Length is 0 or > LongestId) return $"the id of event {place} has {Id.Length} characters, expected 1 to {LongestId}";
        if (!float.IsFinite(Value)) return $"value {Value} of event {place} is not finite";
        return EventHistory.ItemFault(items, Item, place);
    }
}
