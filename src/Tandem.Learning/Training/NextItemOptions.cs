namespace Tandem.Learning.Training;

/// <summary>How a <see cref="NextItemTask"/> forms batches and its loss.</summary>
public sealed record NextItemOptions
{
    /// <summary>Most places of a batch, padding included. Default 512, from a quick check of the baseline on Beauty; not tuned further.</summary>
    public int TokenBudget { get; init; } = 512;

    /// <summary>Negatives of a batch, drawn uniformly over the catalogue and shared by all its targets. Default 256 (eSASRec).</summary>
    public int Negatives { get; init; } = 256;

    /// <summary>True to leave items of the history out when validating, as the test will. Default true.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (Negatives < 1) yield return $"{Negatives} negatives; at least 1 is needed";
    }
}
