using Tandem.Learning.Training;

namespace Tandem.Simulation;

/// <summary>Settings of a replay and of the two models in it.</summary>
public sealed record SimulationOptions
{
    /// <summary>Every random choice derives from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>d, the newest events of a user that the cloud has not received. Default 2 (LSC4Rec's published setting).</summary>
    public int Lag { get; init; } = 2;

    /// <summary>K, items on a list. Default 50 (LSC4Rec's program).</summary>
    public int ListLength { get; init; } = 50;

    /// <summary>Shares of users, in [0, 1], for whom the device may ask for a new list. Default 0, 20 and 100 %.</summary>
    public IReadOnlyList<double> RequestRates { get; init; } = [0, 0.2, 1];

    /// <summary>How the two sides' scores are joined. Default: calibrated.</summary>
    public FusionKind Fusion { get; init; } = FusionKind.Calibrated;

    /// <summary>True to recommend no item twice. Default true; false for data where people return to items.</summary>
    public bool ExcludeConsumed { get; init; } = true;

    /// <summary>The device's model.</summary>
    public required SequenceRecipe Device { get; init; }

    /// <summary>The cloud's model.</summary>
    public required LlamaRecipe Cloud { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Lag < 0) yield return $"lag {Lag}; 0 or more events are expected";
        if (ListLength < 10) yield return $"list length {ListLength}; at least the 10 items that are measured are needed";
        foreach (var rate in RequestRates.Where(r => r is not (>= 0 and <= 1))) yield return $"request rate {rate} is not in [0, 1]";
        foreach (var fault in Device.Validate()) yield return $"device: {fault}";
        foreach (var fault in Cloud.Validate()) yield return $"cloud: {fault}";
    }
}
