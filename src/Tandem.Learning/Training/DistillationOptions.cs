namespace Tandem.Learning.Training;

/// <summary>
/// A finished model that a training learns from beside the data: knowledge by outputs, where there are some for the same items.
/// </summary>
public sealed record DistillationOptions
{
    private const double RankWeight = 0.03, RankDecay = 10, LogitWeight = 0.1, Softening = 1;
    private const int MostListed = 1_000;

    /// <summary>
    /// Folder of a finished run on the same data, under the same protocol without refit: the teacher, which stays as it is. Null, the
    /// default, for none.
    /// </summary>
    public string? From { get; init; }

    /// <summary>What is learned of it. Default <see cref="DistillationKind.Ranking"/>.</summary>
    public DistillationKind Kind { get; init; }

    /// <summary>
    /// λ: the loss is that of the next item plus λ times that of the teacher; 0 for none. Null, the default, for 0.1 of
    /// <see cref="DistillationKind.Logits"/> and 0.03 of <see cref="DistillationKind.Ranking"/>, the best of 0.03 … 1 on Beauty's
    /// validation events with a teacher weaker than the student (docs/transfer.md).
    /// </summary>
    public double? Weight { get; init; }

    /// <summary>
    /// T of <see cref="DistillationKind.Logits"/>, by which both models' scores are divided, or τ of
    /// <see cref="DistillationKind.Ranking"/>, in places: the item in place r from 0 counts e^(−r/τ). Null, the default, for 1 and for
    /// 10.
    /// </summary>
    public double? Temperature { get; init; }

    /// <summary>K of <see cref="DistillationKind.Ranking"/>: how many of the teacher's best items, 1 to 1,000. Default 20.</summary>
    public int Lists { get; init; } = 20;

    /// <summary>True where something is learned.</summary>
    internal bool IsOn => From is not null && EffectiveWeight > 0;

    /// <summary>λ.</summary>
    internal double EffectiveWeight => Weight ?? (Kind == DistillationKind.Logits ? LogitWeight : RankWeight);

    /// <summary>T or τ.</summary>
    internal double EffectiveTemperature => Temperature ?? (Kind == DistillationKind.Logits ? Softening : RankDecay);

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Kind)) yield return $"distillation.kind is {(int)Kind}, expected ranking or logits";
        if (EffectiveWeight is not (>= 0 and < double.PositiveInfinity))
            yield return $"distillation.weight is {Weight}, expected 0 or more";
        if (Temperature is not (null or (> 0 and < double.PositiveInfinity)))
            yield return $"distillation.temperature is {Temperature}, expected more than 0";
        if (Lists is < 1 or > MostListed) yield return $"distillation.lists is {Lists}, expected 1 to {MostListed}";
    }
}
