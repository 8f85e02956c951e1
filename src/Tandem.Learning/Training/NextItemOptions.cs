namespace Tandem.Learning.Training;

/// <summary>How a <see cref="NextItemTask"/> forms batches and its loss.</summary>
public sealed record NextItemOptions
{
    /// <summary>What is minimised. Default <see cref="NextItemLoss.SampledSoftmax"/>.</summary>
    public NextItemLoss Kind { get; init; } = NextItemLoss.SampledSoftmax;

    /// <summary>Most places of a batch, padding included; a step takes a batch for each replica. Default 512, from a quick check of the
    /// baseline on Beauty; not tuned further.</summary>
    public int TokenBudget { get; init; } = 512;

    /// <summary>Negatives of a batch, drawn over the catalogue and shared by all its targets. Default 256 (eSASRec).</summary>
    public int Negatives { get; init; } = 256;

    /// <summary>
    /// True to share the negatives of a batch, the default; false to draw so many for each target, as published code with few negatives
    /// does. Then they cost N × n rows: for the binary losses and BPR alone.
    /// </summary>
    public bool ShareNegatives { get; init; } = true;

    /// <summary>
    /// α, at least 0: a negative is drawn with probability ∝ (1 + its training events)^α. Default 0: uniformly. The sampled softmax
    /// corrects for it (logQ); the binary losses take it as part of what they are.
    /// </summary>
    public double PopularityExponent { get; init; }

    /// <summary>τ, above 0: scores are divided by it. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// t of gBCE, in [0, 1]: 0 is BCE, 1 undoes the overconfidence that sampled negatives bring in full (Petrov and Macdonald,
    /// RecSys 2023, arXiv 2308.07192). Default 0.75, as there.
    /// </summary>
    public double Calibration { get; init; } = 0.75;

    /// <summary>
    /// True to compute the products of the sampled softmax from operands rounded to bfloat16: faster where the processor has
    /// instructions for it (avx512_bf16), slower elsewhere. Default false; docs/figures.md has what it gains and costs.
    /// </summary>
    public bool BrainFloat { get; init; }

    /// <summary>
    /// True to learn from all events of a long sequence, in rows of a window each; false to learn from the newest window only, as
    /// most published code does. Default true.
    /// </summary>
    public bool KeepOlderEvents { get; init; } = true;

    /// <summary>
    /// Most events, 0 or more, that a row of an epoch leaves out at its beginning, drawn anew for each: a model whose state depends on
    /// where a history began, such as TTT's on the phase of its mini-batches, then meets them all. Default 0.
    /// </summary>
    public int RandomStart { get; init; }

    /// <summary>True to leave items of the history out when validating, as the test will. Default true.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>True where the targets of a step have negatives in common.</summary>
    internal bool HasSharedNegatives => Kind != NextItemLoss.FullSoftmax && ShareNegatives;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (Negatives < 1) yield return $"{Negatives} negatives; at least 1 is needed";
        if (!ShareNegatives && Kind is NextItemLoss.SampledSoftmax or NextItemLoss.FullSoftmax)
            yield return $"loss.shareNegatives is false, which {Kind} cannot be; set loss.kind to bce, gbce or bpr";
        if (RandomStart < 0) yield return $"random start {RandomStart}; 0 or more is needed";
        if (PopularityExponent is not (>= 0 and <= 10)) yield return $"popularity exponent {PopularityExponent} is not in [0, 10]";
        if (Temperature is not (> 0 and < double.PositiveInfinity))
        {
            yield return $"temperature {Temperature} is not a finite number above "
            + "0";
        }

        if (Calibration is not (>= 0 and <= 1)) yield return $"calibration {Calibration} is not in [0, 1]";
    }
}
