using Tandem.Data.Metrics;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Collaboration;

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

    /// <summary>What the learned fusion and the requests were fitted to, as it stands in the bundle; null for another fusion.</summary>
    public required CollaborationRules? Rules { get; init; }

    /// <summary>The constant shares of another fusion, for lists that lag and for fresh ones; empty for the learned one.</summary>
    public required IReadOnlyList<ChosenFusion> ConstantFusion { get; init; }

    /// <summary>The table.</summary>
    public required IReadOnlyList<SimulationRow> Rows { get; init; }

    /// <summary>
    /// NDCG@10 with lagging lists: fused less the best of cloud list, re-ranked list and device alone, paired over users, with its 95 %
    /// interval; null where rate 0 was not replayed.
    /// </summary>
    public required PairedDifference? FusionGain { get; init; }

    /// <summary>The same with a fresh list at every view; null where rate 1 was not replayed.</summary>
    public required PairedDifference? FreshFusionGain { get; init; }

    /// <summary>What views without a call miss on validation, at every rate between 0 and 1.</summary>
    public required IReadOnlyList<MissedGain> Missed { get; init; }

    /// <summary>
    /// Area under fused NDCG@10 over the realised rate from 0 to 1, by the trapezoid rule, for each policy; only where rates 0 and 1
    /// were replayed.
    /// </summary>
    public required IReadOnlyDictionary<string, double> AreaUnderCurve { get; init; }

    /// <summary>
    /// Views per call of the policy at the least rate that was replayed with 99 % of the NDCG@10 that a call at every view has; null
    /// where there is none.
    /// </summary>
    public required IReadOnlyDictionary<string, double> ViewsPerCall { get; init; }

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
