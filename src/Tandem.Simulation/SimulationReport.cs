using Tandem.Data.Metrics;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;

namespace Tandem.Simulation;

/// <summary>What a simulation found, with all that is needed to repeat it.</summary>
public sealed record SimulationReport
{
    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of its content.</summary>
    public required string DataHash { get; init; }

    /// <summary>Users that were replayed.</summary>
    public required int Users { get; init; }

    /// <summary>d, events that the cloud had not received.</summary>
    public required int Lag { get; init; }

    /// <summary>The protocol of the figures.</summary>
    public required string Protocol { get; init; }

    /// <summary>Every setting.</summary>
    public required SimulationOptions Options { get; init; }

    /// <summary>The rule for lists that lag, chosen on validation users.</summary>
    public required ChosenFusion StaleFusion { get; init; }

    /// <summary>The rule for up to date lists, chosen on validation users.</summary>
    public required ChosenFusion FreshFusion { get; init; }

    /// <summary>The table.</summary>
    public required IReadOnlyList<SimulationRow> Rows { get; init; }

    /// <summary>NDCG@10 at rate 0: fused minus the better of list and re-ranked list, paired over users, with its 95 % interval;
    /// null where rate 0 was not replayed.</summary>
    public required PairedDifference? FusionGain { get; init; }

    /// <summary>The device model's training; null where a trained one was taken.</summary>
    public required TrainingResult? DeviceTraining { get; init; }

    /// <summary>The run whose device model was taken; null where it was trained here.</summary>
    public string? DeviceRun { get; init; }

    /// <summary>The run whose cloud model was taken; null where it was trained here.</summary>
    public string? CloudRun { get; init; }

    /// <summary>
    /// How counts of successors joined the device model; null where they are no part of it, or were chosen in another run.
    /// </summary>
    public SuccessorFit? DeviceSuccessors { get; init; }

    /// <summary>The cloud model's training; null where the lists come from another that was trained already.</summary>
    public required TrainingResult? CloudTraining { get; init; }

    /// <summary>From the start to the table.</summary>
    public required double TotalSeconds { get; init; }
}
