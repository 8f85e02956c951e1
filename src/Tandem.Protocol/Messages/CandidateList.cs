using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Items;

namespace Tandem.Protocol.Messages;

/// <summary>The cloud's answer: items worth ranking on the device, with the cloud's own opinion of each.</summary>
public sealed record CandidateList
{
    /// <summary>Most candidates that a device accepts in one list.</summary>
    public const int MostItems = 10_000;

    /// <summary>The item numbering of <see cref="Items"/>. A device with another one must not use the list.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Version of the cloud model that made the list: opaque text.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>
    /// Number of events that the cloud had seen when it made the list; the difference from now is the list's age in events.
    /// </summary>
    public required int HistoryLength { get; init; }

    /// <summary>Item ids, 1..V, distinct, best first.</summary>
    public required IReadOnlyList<int> Items { get; init; }

    /// <summary>
    /// The cloud's log-probability of each item, natural logarithm, in the order of <see cref="Items"/>: finite, never rising.
    /// </summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>
    /// An <see cref="ItemSlice"/> as bytes, base64 in JSON: rows of the listed items and of the request's history, of the model that
    /// <see cref="CandidateRequest.SliceOfModel"/> named. Null where none was asked for or that model is not at hand.
    /// </summary>
    public byte[]? Slice { get; init; }

    /// <summary>
    /// Checks everything but the versions, which only the device can compare with its own, and <see cref="Slice"/>, which
    /// <see cref="ItemSlice.TryParse"/> checks.
    /// </summary>
    /// <param name="items">V: the number of items in the device's catalog.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int items, [NotNullWhen(false)] out string? fault)
    {
        fault = LengthFault() ?? ItemFault(items) ?? ScoreFault();
        return fault is null;
    }

    private string? LengthFault()
    {
        if (HistoryLength < 0) return $"history length is {HistoryLength}, expected 0 or more";
        if (Items is null || Scores is null) return "items or scores are null, expected a list of each"; // of a cloud in the same process
        if (Items.Count != Scores.Count) return $"{Items.Count} items but {Scores.Count} scores, expected one score per item";
        return Items.Count > MostItems ? $"{Items.Count} items, expected at most {MostItems}" : null;
    }

    private string? ItemFault(int items)
    {
        var seen = new HashSet<int>(Items.Count);
        for (var i = 0; i < Items.Count; i++)
        {
            if (Items[i] < 1 || Items[i] > items) return $"item {Items[i]} at place {i} is outside 1..{items}";
            if (!seen.Add(Items[i])) return $"item {Items[i]} at place {i} is listed twice";
        }

        return null;
    }

    private string? ScoreFault()
    {
        for (var i = 0; i < Scores.Count; i++)
        {
            if (!float.IsFinite(Scores[i])) return $"score {Scores[i]} at place {i} is not finite";
            if (i > 0 && Scores[i] > Scores[i - 1])
                return $"score {Scores[i]} at place {i} is above {Scores[i - 1]} before it, expected best first";
        }

        return null;
    }
}
