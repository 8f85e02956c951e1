namespace Tandem.Cloud.Lists;

/// <summary>What a list may hold.</summary>
public sealed record ListRules
{
    /// <summary>Most entries of a rule.</summary>
    public const int MostEntries = 10_000;

    /// <summary>Keys of items that are left out.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>An item has one of these categories at least; null, the default, for any.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>An item has none of these categories.</summary>
    public IReadOnlyList<string>? WithoutCategories { get; init; }

    /// <summary>
    /// From 0, the default: by score alone, to 1: by unlikeness alone. Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998)
    /// over the items' categories.
    /// </summary>
    public double Diversity { get; init; }
}
