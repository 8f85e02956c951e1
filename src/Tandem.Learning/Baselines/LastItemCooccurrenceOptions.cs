namespace Tandem.Learning.Baselines;

/// <summary>
/// How <see cref="LastItemCooccurrence"/> counts and what it reads of a history. Defaults were chosen on Beauty's validation events.
/// </summary>
public sealed record LastItemCooccurrenceOptions
{
    /// <summary>Most places between an item and a later one that still count as following it. Default 20.</summary>
    public int MaxLag { get; init; } = 20;

    /// <summary>What a pair one place further apart counts, as a share; in (0, 1]. Default 0.8.</summary>
    public double LagDecay { get; init; } = 0.8;

    /// <summary>How many of a history's last items are read. Default 20.</summary>
    public int Recent { get; init; } = 20;

    /// <summary>What an item one place older counts, as a share; in (0, 1]. Default 0.5.</summary>
    public double RecencyDecay { get; init; } = 0.5;

    /// <summary>
    /// True to count a pair for both its items, as if sequences could be read backwards, too. Default false: order tells.
    /// </summary>
    public bool Symmetric { get; init; }

    /// <summary>α: a pair is divided by (n_a n_b)^(α/2), n being events of an item; 0 leaves popular items ahead, 1 is a cosine.
    /// In [0, 2]. Default 0.2.</summary>
    public double PopularityPower { get; init; } = 0.2;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxLag < 1) yield return $"maximal lag {MaxLag}; at least 1 place is needed";
        if (LagDecay is not (> 0 and <= 1)) yield return $"lag decay {LagDecay} is not in (0, 1]";
        if (Recent < 1) yield return $"{Recent} recent items; at least 1 is needed";
        if (RecencyDecay is not (> 0 and <= 1)) yield return $"recency decay {RecencyDecay} is not in (0, 1]";
        if (PopularityPower is not (>= 0 and <= 2)) yield return $"popularity power {PopularityPower} is not in [0, 2]";
    }
}
