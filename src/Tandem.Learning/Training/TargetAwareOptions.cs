using System.Text.Json.Serialization;

namespace Tandem.Learning.Training;

/// <summary>How a <see cref="TargetAwareTask"/> forms batches and its loss.</summary>
public sealed record TargetAwareOptions
{
    /// <summary>
    /// What is minimised: <see cref="NextItemLoss.SampledSoftmax"/>, the default, as null is, or <see cref="NextItemLoss.Bce"/>, the
    /// published loss, whose negatives are drawn for each target anew.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NextItemLoss? Kind { get; init; } = NextItemLoss.SampledSoftmax;

    /// <summary>Most places of a batch's histories, padding included. Default 1024; not tuned.</summary>
    public int TokenBudget { get; init; } = 1024;

    /// <summary>Negatives, drawn uniformly over the catalogue: of a batch, shared by all its targets, or of each target where
    /// <see cref="Kind"/> is BCE. Default 64: each costs a pass of the attention unit over every history; not tuned.</summary>
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
        if (Kind is not (null or NextItemLoss.SampledSoftmax or NextItemLoss.Bce))
            yield return $"loss {Kind} is not one of DIN's; set loss.kind to sampledSoftmax or bce";
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (Negatives < 1) yield return $"{Negatives} negatives; at least 1 is needed";
        if (TargetsPerSequence < 1) yield return $"{TargetsPerSequence} targets of a sequence; at least 1 is needed";
        if (ValidationCases < 1) yield return $"{ValidationCases} validation cases; at least 1 is needed";
    }
}
