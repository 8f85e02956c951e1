namespace Tandem.Learning.Training;

/// <summary>
/// Counts of what followed an item as a part of a sequence model (<see cref="Successors.SuccessorCounting"/>). What of a pair counts is
/// that of the baseline <c>cooccurrence</c>, with the same defaults; how the counts join the model's score is fitted on validation events.
/// </summary>
public sealed record SuccessorOptions
{
    /// <summary>True to count and join. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>N: strongest successors that are kept of each item, 1 to 10,000. Default 50: on Beauty's validation events .0003 NDCG@10
    /// below all of them.</summary>
    public int Count { get; init; } = 50;

    /// <summary>Most places between an item and a later one that still counts as following it. Default 20.</summary>
    public int MaxLag { get; init; } = 20;

    /// <summary>What a pair one place further apart counts, as a share; in (0, 1]. Default 0.8.</summary>
    public double LagDecay { get; init; } = 0.8;

    /// <summary>How many of a history's last items are read, 1 to 1,000. Default 20.</summary>
    public int Recent { get; init; } = 20;

    /// <summary>What an item one place older counts, as a share; in (0, 1]. Default 0.5.</summary>
    public double RecencyDecay { get; init; } = 0.5;

    /// <summary>α: a pair is divided by (n_a n_b)^(α/2), n being events of an item; in [0, 2]. Default 0.2.</summary>
    public double PopularityPower { get; init; } = 0.2;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Count is < 1 or > 10_000) yield return $"successors: count {Count}; expected 1 to 10,000";
        if (MaxLag < 1) yield return $"successors: maximal lag {MaxLag}; at least 1 place is needed";
        if (LagDecay is not (> 0 and <= 1)) yield return $"successors: lag decay {LagDecay} is not in (0, 1]";
        if (Recent is < 1 or > 1_000) yield return $"successors: {Recent} recent items; expected 1 to 1,000";
        if (RecencyDecay is not (> 0 and <= 1)) yield return $"successors: recency decay {RecencyDecay} is not in (0, 1]";
        if (PopularityPower is not (>= 0 and <= 2)) yield return $"successors: popularity power {PopularityPower} is not in [0, 2]";
    }
}
