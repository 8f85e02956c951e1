namespace Tandem.Cloud.Lists;

/// <summary>A <see cref="Tandem.Protocol.Messages.CandidateList"/>, with what a device does not need.</summary>
public sealed record ListAnswer
{
    /// <summary>The numbering of <see cref="Items"/>.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Names the weights that made the list.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Events that the model had seen.</summary>
    public required int HistoryLength { get; init; }

    /// <summary>Item numbers, best first.</summary>
    public required IReadOnlyList<int> Items { get; init; }

    /// <summary>The model's log-probability of each.</summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>Rows of items for a device without a table; null where none were asked for.</summary>
    public byte[]? Slice { get; init; }

    /// <summary>The items' keys, where the request named items so.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary><c>model</c>, <c>cache</c>, <c>fallback</c> (of a model behind it) or <c>popularity</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Seconds since the list was made; 0 for one that was made for this request.</summary>
    public required double AgeSeconds { get; init; }
}
