using System.Text.Json.Serialization;

namespace Tandem.Learning.Training;

/// <summary>How long and with which seed a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Most epochs; the learning rate's schedule spans them.</summary>
    public required int Epochs { get; init; }

    /// <summary>Every random choice derives from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>
    /// Batches that make one step, side by side on a thread each: their gradients are averaged, weighted by targets. Part of what is
    /// learned, not of how fast: fewer threads than this give the same weights, to the bit. Default 2.
    /// </summary>
    public int Replicas { get; init; } = 2;

    /// <summary>
    /// Batches of each replica that make one step, one after the other: their gradients are summed, weighted by targets. Null, the default,
    /// for 1; more make a step of many targets in the memory of few.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Accumulate { get; init; }

    /// <summary>Epochs between two validations. Default 2.</summary>
    public int ValidateEvery { get; init; } = 2;

    /// <summary>Validations without a new best after which training stops. Default 3.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>The optimiser's settings.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>
    /// δ of an exponential moving average of the weights, w̄ ← δ w̄ + (1 − δ) w at each step, in [0, 1); validated and kept in place of
    /// the weights. Default 0: none.
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Epochs < 1) yield return $"{Epochs} epochs; at least 1 is needed";
        if (Replicas is < 1 or > 64) yield return $"{Replicas} replicas; 1 to 64 are expected";
        if (Accumulate is < 1 or > 10_000) yield return $"{Accumulate} batches of a replica in a step; 1 to 10,000 are expected";
        if (ValidateEvery < 1) yield return $"validation every {ValidateEvery} epochs; at least 1 is needed";
        if (Patience < 1) yield return $"patience {Patience}; at least 1 is needed";
        if (AverageDecay is not (>= 0 and < 1)) yield return $"average decay {AverageDecay} is not in [0, 1)";
        foreach (var fault in Optimizer.Validate()) yield return fault;
    }
}
