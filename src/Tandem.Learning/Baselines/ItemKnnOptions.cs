namespace Tandem.Learning.Baselines;

/// <summary>Similarity and neighbourhood of <see cref="ItemKnn"/>. Defaults were chosen on Beauty's validation events.</summary>
public sealed record ItemKnnOptions
{
    /// <summary>Most neighbours kept of an item. Default 200.</summary>
    public int Neighbours { get; init; } = 200;

    /// <summary>Added to the cosine's denominator, in users: it holds back pairs that few users share. At least 0. Default 50.</summary>
    public double Shrinkage { get; init; } = 50;

    /// <summary>What an item one place older counts, as a share; in (0, 1]. 1 reads a history as a set, as the paper does.
    /// Default 0.5.</summary>
    public double RecencyDecay { get; init; } = 0.5;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Neighbours < 1) yield return $"{Neighbours} neighbours; at least 1 is needed";
        if (!(Shrinkage >= 0 && double.IsFinite(Shrinkage))) yield return $"shrinkage {Shrinkage} is not a finite number of at least 0";
        if (RecencyDecay is not (> 0 and <= 1)) yield return $"recency decay {RecencyDecay} is not in (0, 1]";
    }
}
