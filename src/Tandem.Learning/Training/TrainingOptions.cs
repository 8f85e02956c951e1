namespace Tandem.Learning.Training;

/// <summary>How long and with which seed a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Most epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>Every random choice derives from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>Epochs between two validations. Default 2.</summary>
    public int ValidateEvery { get; init; } = 2;

    /// <summary>Validations without a new best after which training stops. Default 3.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>The optimiser's settings.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Epochs < 1) yield return $"{Epochs} epochs; at least 1 is needed";
        if (ValidateEvery < 1) yield return $"validation every {ValidateEvery} epochs; at least 1 is needed";
        if (Patience < 1) yield return $"patience {Patience}; at least 1 is needed";
        foreach (var fault in Optimizer.Validate()) yield return fault;
    }
}
