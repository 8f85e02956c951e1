using Tandem.Device.Models;
namespace Tandem.Device.Learning;

/// <summary>How a device learns from its user's own events.</summary>
public sealed record AdaptationOptions
{
    private const int MostNegatives = 1 << 16;
    private const long MostAllowedBytes = 1L << 30;

    /// <summary>What is learned. Default: the adapter, which costs a tenth of the rest (docs/device-learning.md).</summary>
    public LearnedPart Part { get; init; }

    /// <summary>Default: Adam.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Learning rate, above 0. Default 0.001, Adam's; on validation events of MovieLens 1M 0.01 made rankings worse.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>Most steps, each over all events that are learned from; 1 or more. Default 10, a choice of this project.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>λ of λ/2 ‖w − sent‖², which is added to the loss; 0 or more. Default 0.01, a choice of this project.</summary>
    public float Anchor { get; init; } = 0.01f;

    /// <summary>
    /// Random items beside the true one of an event that is learned from, 1 to 65,536. Default 31: 255 were no better on the same events.
    /// </summary>
    public int Negatives { get; init; } = 31;

    /// <summary>
    /// So many of the negatives are drawn from the items of the cloud's list that the user has not taken, 0 to <see cref="Negatives"/>;
    /// without a list all are random. Default 0.
    /// </summary>
    public int ListNegatives { get; init; }

    /// <summary>
    /// The user's last events, which judge what was learned from those before them; 1 or more. Default 3, a choice of this project.
    /// </summary>
    public int HoldOut { get; init; } = 3;

    /// <summary>
    /// Random items beside the true one of an event that judges, 1 to 65,536. Default 99, as many as sampled rankings usually draw.
    /// </summary>
    public int JudgeNegatives { get; init; } = 99;

    /// <summary>What scores are divided by in the loss, above 0. Default 1; for a model of unit length, what it was trained with.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>A longer gradient is shortened to it; above 0. Default 1, a choice of this project.</summary>
    public float MaxGradientNorm { get; init; } = 1;

    /// <summary>
    /// Milliseconds of wall clock, from the first gradient on, after which no further step begins, above 0. Default 50, a choice of this
    /// project. What comes before the first gradient is the reading of the events and, in a process that learns for the first time, the
    /// compilation of the methods.
    /// </summary>
    public double MostMillis { get; init; } = 50;

    /// <summary>Bytes that learning may take while it runs, up to 1 GiB. Default 32 MiB. Where it needs more it does not begin.</summary>
    public long MostBytes { get; init; } = 32 << 20;

    /// <summary>The random items derive from it and from the number of events so far. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Part)) yield return $"part is {(int)Part}; expected one of {string.Join(", ", Enum.GetNames<LearnedPart>())}";
        if (!Enum.IsDefined(Optimizer))
            yield return $"optimizer is {(int)Optimizer}; expected one of {string.Join(", ", Enum.GetNames<OptimizerKind>())}";
        if (!IsAboveZero(Rate)) yield return $"rate {Rate} is not a finite number above 0";
        if (Steps < 1) yield return $"steps {Steps}; 1 or more are expected";
        if (Anchor is not (>= 0 and < float.PositiveInfinity)) yield return $"anchor {Anchor} is not a finite number of 0 or more";
        if (Negatives is < 1 or > MostNegatives) yield return $"negatives {Negatives}; 1 to {MostNegatives} are expected";
        if (ListNegatives < 0 || ListNegatives > Negatives)
            yield return $"list negatives {ListNegatives}; 0 to the {Negatives} negatives are expected";
        if (HoldOut < 1) yield return $"hold-out {HoldOut}; 1 event or more is expected";
        if (JudgeNegatives is < 1 or > MostNegatives) yield return $"judge's negatives {JudgeNegatives}; 1 to {MostNegatives} are expected";
        if (!IsAboveZero(Temperature)) yield return $"temperature {Temperature} is not a finite number above 0";
        if (!IsAboveZero(MaxGradientNorm)) yield return $"greatest gradient norm {MaxGradientNorm} is not a finite number above 0";
        if (MostMillis is not > 0) yield return $"most milliseconds {MostMillis}; a number above 0 is expected";
        if (MostBytes is < 1 or > MostAllowedBytes) yield return $"most bytes {MostBytes}; 1 to {MostAllowedBytes} are expected";
    }

    private static bool IsAboveZero(float value) => value is > 0 and < float.PositiveInfinity;
}
