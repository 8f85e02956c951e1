using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>Why an item stands where it stands in a device's lists.</summary>
public sealed record ItemExplanation
{
    /// <summary>Its key.</summary>
    public required string Item { get; init; }

    /// <summary>Name of the model that makes the device's lists.</summary>
    public required string Model { get; init; }

    /// <summary>Of its weights.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>The arms of experiments that the device is in.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary>Reported events that the model reads.</summary>
    public required int HistoryLength { get; init; }

    /// <summary>True where it is one of them; lists leave it out unless they are asked with <c>includeSeen</c>.</summary>
    public required bool IsSeen { get; init; }

    /// <summary>True where the app has none of it; lists leave it out.</summary>
    public required bool IsUnavailable { get; init; }

    /// <summary>Its place, from 1, among all items, those left out included; null beyond 10,000.</summary>
    public int? Rank { get; init; }

    /// <summary>The model's log-probability; null beyond 10,000 places.</summary>
    public float? LogProbability { get; init; }

    /// <summary>Its place, from 1, by popularity in the data that the model learned from; null beyond 10,000.</summary>
    public int? PopularityRank { get; init; }

    /// <summary>What the newest events have to do with it, oldest first; empty where it has no place.</summary>
    public required IReadOnlyList<EventInfluence> Influences { get; init; }
}

/// <summary>What one event has to do with an item.</summary>
/// <param name="Item">Key of the event's item.</param>
/// <param name="Gain">
/// Log-probability with the event less that without: above 0 where the event speaks for the item. Without a place beyond 10,000 the
/// last place's stands in.
/// </param>
public sealed record EventInfluence(string Item, float Gain);
