using System.Text.Json.Serialization;

namespace Tandem.Data;

/// <summary>
/// What is left out when a source is prepared, in this order: events of too low a value, repeats, and then users and items with too
/// few of the events that are left. The defaults leave out nothing.
/// </summary>
public sealed record PreparationOptions
{
    /// <summary>
    /// Users with fewer events are left out; default 1, all stay. With <see cref="MinItemEvents"/> it is repeated until both hold at once
    /// (the iterated k-core). 5 for both is usual in the literature of sequential recommendation since SASRec (ICDM 2018).
    /// </summary>
    public int MinUserEvents { get; init; } = 1;

    /// <summary>Items with fewer events are left out; default 1, all stay.</summary>
    public int MinItemEvents { get; init; } = 1;

    /// <summary>
    /// Events of a lower <see cref="Interaction.Value"/> are left out; null (default): none. A source without values is refused.
    /// </summary>
    public float? MinValue { get; init; }

    /// <summary>Which of a user's events with one item stay; default all.</summary>
    public DuplicateRule Duplicates { get; init; } = DuplicateRule.All;

    /// <summary>True where every event stays.</summary>
    [JsonIgnore]
    public bool KeepsAll => this == new PreparationOptions();

    /// <summary>All faults, each with the remedy; empty when there is none.</summary>
    public IEnumerable<string> Validate()
    {
        if (MinUserEvents < 1) yield return $"at least {MinUserEvents} events per user: set MinUserEvents to 1 or more";
        if (MinItemEvents < 1) yield return $"at least {MinItemEvents} events per item: set MinItemEvents to 1 or more";
        if (MinValue is { } value && !float.IsFinite(value)) yield return $"a least value of {value}: set MinValue to a finite number";
        if (!Enum.IsDefined(Duplicates)) yield return $"duplicates {(int)Duplicates}: set Duplicates to All, First or Last";
    }
}
