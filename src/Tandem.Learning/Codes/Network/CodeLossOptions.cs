namespace Tandem.Learning.Codes.Network;

/// <summary>Batches and loss of a <see cref="ParallelTask"/>.</summary>
public sealed record CodeLossOptions
{
    /// <summary>Most places of a batch, padding included; a step takes a batch for each replica. Default 512.</summary>
    public int TokenBudget { get; init; } = 512;

    /// <summary>τ, above 0: cosines are divided by it. Default 0.03, as in RPG.</summary>
    public double Temperature { get; init; } = 0.03;

    /// <summary>
    /// b, at least 0: an item's score is the sum of its codes' log-probabilities + b ln(1 + its training events). Null, the default, to
    /// choose it on validation events once the network is trained; until then it is 0.001, which orders items of equal codes and hardly
    /// any others.
    /// </summary>
    public double? PopularityWeight { get; init; }

    /// <summary>b while it is not chosen yet.</summary>
    internal double InitialPopularityWeight => PopularityWeight ?? 0.001;

    /// <summary>
    /// True to learn from all events of a long sequence, in rows of a window each; false to learn from the newest window only. Default
    /// true.
    /// </summary>
    public bool KeepOlderEvents { get; init; } = true;

    /// <summary>True to leave items of the history out when validating, as the test will. Default true.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>
    /// True to compute the products of the heads from operands rounded to bfloat16. Default false: with 512 places a batch it was slower
    /// even where the processor has instructions for it (avx512_bf16), 28 s in place of 20 s an epoch.
    /// </summary>
    public bool BrainFloat { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (TokenBudget < 1) yield return $"token budget {TokenBudget}; at least 1 is needed";
        if (Temperature is not (> 0 and < double.PositiveInfinity))
            yield return $"temperature {Temperature} is not a finite number above 0";
        if (PopularityWeight is not (null or (>= 0 and < double.PositiveInfinity)))
            yield return $"popularity weight {PopularityWeight} is not a finite number of at least 0";
    }
}
