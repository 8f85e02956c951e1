namespace Tandem.Cloud.Lists;

/// <summary>Items by key.</summary>
public sealed record ItemMarks
{
    /// <summary>Most items that are marked at once.</summary>
    public const int MostItems = 10_000;

    /// <summary>Items that an app has none of.</summary>
    public IReadOnlyList<string>? Unavailable { get; init; }

    /// <summary>Items that it has again; null in an answer.</summary>
    public IReadOnlyList<string>? Available { get; init; }
}
