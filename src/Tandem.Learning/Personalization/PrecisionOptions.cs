namespace Tandem.Learning.Personalization;

/// <summary>How few bits a plan of precision is to keep.</summary>
public sealed record PrecisionOptions
{
    /// <summary>Mean bits of a weight of the changed layers, in [2, 32], beyond which a plan is penalised. Default 8.</summary>
    public double Bits { get; init; } = 8;

    /// <summary>Weight of the penalty, 0 or more: of the bits beyond the budget in units of 32. Default 1; not tuned.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Bits is not (>= 2 and <= 32)) yield return $"precision: a budget of {Bits} bits is not in [2, 32]";
        if (Penalty is not (>= 0 and <= 1000)) yield return $"precision: penalty {Penalty} is not in [0, 1000]";
    }
}
