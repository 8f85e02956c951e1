namespace Tandem.Learning.Training;

/// <summary>How a <see cref="TargetAwareTask"/> forms batches and its loss.</summary>
public sealed record TargetAwareOptions
{
    /// <summary>Most places of a batch's histories, padding included. Default 1024; not tuned.</summary>
    public int TokenBudget { get; init; } = 1024;

    /// <summary>Negatives of a batch, drawn uniformly over the catalogue and shared by all its targets. Default 64: each costs a pass
    /// of the attention unit over every history; not tuned.</summary>
    public int Negatives { get; init; } = 64;

    /// <summary>Most targets of a sequence, its newest; each has a history of its own to read. Default 50, SASRec's window.</summary>
    public int TargetsPerSequence { get; init; } = 50;

    /// <summary>True to leave items of the history out when validating, as the test will. Default true.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>Most cases to validate with, drawn from the seed: a full ranking reads every history once per item of the catalogue.
    /// Default 1000.</summary>
    public int ValidationCases { get; init; } = 1000;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (Negatives < 1) yield return $"{Negatives} negatives; at least 1 is needed";
        if (TargetsPerSequence < 1) yield return $"{TargetsPerSequence} targets of a sequence; at least 1 is needed";
        if (ValidationCases < 1) yield return $"{ValidationCases} validation cases; at least 1 is needed";
    }
}
