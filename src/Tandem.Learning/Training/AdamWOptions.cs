namespace Tandem.Learning.Training;

/// <summary>Settings of <see cref="AdamW"/>.</summary>
public sealed record AdamWOptions
{
    /// <summary>Step size α, above 0. Default 1e-3, as in SASRec.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps over which the rate rises linearly from 0. Default 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Share of the rate that is left at the last epoch, in (0, 1]: the rate falls along half a cosine (arXiv 1608.03983, without
    /// restarts). Default 1: constant, as in SASRec.
    /// </summary>
    public double FinalRate { get; init; } = 1;

    /// <summary>Longest gradient, by its norm over all weights; a longer one is scaled down to it. Default 0: no limit.</summary>
    public double ClipNorm { get; init; }

    /// <summary>λ of decoupled decay, at least 0: w ← (1 − α λ) w at each step. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>
    /// True to decay by the full <see cref="LearningRate"/> at each step; false to let the decay warm up and fall as the rate does.
    /// Default false, as in the algorithm; docs/figures.md has where the other is better.
    /// </summary>
    public bool ConstantDecay { get; init; }

    /// <summary>β₁, decay of the mean gradient. Default 0.9 (Adam, arXiv 1412.6980).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂, decay of the mean square gradient. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the root. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (LearningRate is not (> 0 and < double.PositiveInfinity))
            yield return $"learning rate {LearningRate} is not a finite number above 0";
        if (WarmupSteps < 0) yield return $"{WarmupSteps} warm-up steps; 0 or more are expected";
        if (FinalRate is not (> 0 and <= 1)) yield return $"final rate {FinalRate} is not in (0, 1]";
        if (ClipNorm is not (>= 0 and < double.PositiveInfinity)) yield return $"clip norm {ClipNorm} is not a finite number of at least 0";
        if (WeightDecay is not (>= 0 and < double.PositiveInfinity))
            yield return $"weight decay {WeightDecay} is not a finite number of at least 0";
        if (LearningRate * WeightDecay is >= 1 and < double.PositiveInfinity)
        {
            yield return $"weight decay {WeightDecay} at learning rate {LearningRate} leaves nothing of a weight; their product is to be "
                + "less than 1";
        }

        if (Beta1 is not (>= 0 and < 1) || Beta2 is not (>= 0 and < 1)) yield return $"betas {Beta1}, {Beta2} are not in [0, 1)";
        if (Epsilon is not (> 0 and < double.PositiveInfinity)) yield return $"epsilon {Epsilon} is not a finite number above 0";
    }
}
