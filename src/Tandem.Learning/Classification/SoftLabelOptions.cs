namespace Tandem.Learning.Classification;

/// <summary>How a student learns from <see cref="SoftLabels"/>.</summary>
public sealed record SoftLabelOptions
{
    /// <summary>τ, above 0. Default 2.</summary>
    public double Temperature { get; init; } = 2;

    /// <summary>λ in [0, 1], the teacher's part of the loss. Default 0.5.</summary>
    public double Weight { get; init; } = 0.5;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Temperature is not (> 0 and < double.PositiveInfinity)) yield return $"temperature {Temperature} is no finite number above 0";
        if (Weight is not (>= 0 and <= 1)) yield return $"weight {Weight} of a teacher is not in [0, 1]";
    }
}
