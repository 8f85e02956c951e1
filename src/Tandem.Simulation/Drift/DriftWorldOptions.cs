namespace Tandem.Simulation.Drift;

/// <summary>
/// The size and the nature of a generated world of tastes. Its figures are ours, chosen so that one event seldom tells a taste.
/// </summary>
public sealed record DriftWorldOptions
{
    /// <summary>Draws everything: the same options give the same world.</summary>
    public required int Seed { get; init; }

    /// <summary>Users to learn from, 1 or more. Default 2000.</summary>
    public int Users { get; init; } = 2000;

    /// <summary>Users who are asked, 1 or more. Default 500.</summary>
    public int TestUsers { get; init; } = 500;

    /// <summary>V, number of items, <see cref="TasteItems"/> or more. Default 1000.</summary>
    public int Items { get; init; } = 1000;

    /// <summary>
    /// Number of tastes, 2 or more; each a cluster of items, which overlap. Default 100: an item is in two of them, on average.
    /// </summary>
    public int Tastes { get; init; } = 100;

    /// <summary>Items of a taste, 1 or more, the n-th taken with probability ∝ 1 / n. Default 20.</summary>
    public int TasteItems { get; init; } = 20;

    /// <summary>Share of events that follow no taste but are drawn from all items, in [0, 1). Default .2.</summary>
    public double Noise { get; init; } = 0.2;

    /// <summary>Share of the training users who switch tastes once, anywhere but at the first event, in [0, 1]. Default .5.</summary>
    public double SwitchingShare { get; init; } = 0.5;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Users < 1) yield return $"{Users} users; at least 1 is needed";
        if (TestUsers < 1) yield return $"{TestUsers} test users; at least 1 is needed";
        if (TasteItems < 1) yield return $"{TasteItems} items of a taste; at least 1 is needed";
        if (Items < TasteItems) yield return $"{Items} items; a taste alone has {TasteItems}";
        if (Tastes < 2) yield return $"{Tastes} tastes; a switch needs 2";
        if (Noise is not (>= 0 and < 1)) yield return $"noise {Noise} is not in [0, 1)";
        if (SwitchingShare is not (>= 0 and <= 1)) yield return $"switching share {SwitchingShare} is not in [0, 1]";
    }
}
