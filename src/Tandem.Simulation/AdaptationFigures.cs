using Tandem.Data.Metrics;

namespace Tandem.Simulation;

/// <summary>What learning on the device was worth, over users.</summary>
public sealed record AdaptationFigures
{
    /// <summary>Users, one event each.</summary>
    public required int Users { get; init; }

    /// <summary>NDCG@10 over the whole catalogue by the weights as shipped.</summary>
    public required double NdcgBefore { get; init; }

    /// <summary>The same after learning, whether it was accepted or not.</summary>
    public required double NdcgAfter { get; init; }

    /// <summary>After minus before, paired by user.</summary>
    public required PairedDifference Gain { get; init; }

    /// <summary>Share of users for whom what was learned was kept.</summary>
    public required double Accepted { get; init; }

    /// <summary>Median wall clock of learning, in milliseconds.</summary>
    public required double Millis { get; init; }

    /// <summary>Mean loss of the held-out events before learning, in nats, over users with enough events.</summary>
    public required double LossBefore { get; init; }

    /// <summary>The same after the steps, before acceptance is decided.</summary>
    public required double LossAfter { get; init; }
}
