using System.Text.Json.Serialization;

namespace Tandem.Simulation;

/// <summary>One line of the table: a mode at a request rate, on the test targets.</summary>
public sealed record SimulationRow
{
    /// <summary><c>cloud</c>: list in the cloud's order; <c>device</c>: whole catalogue, device alone; <c>rerank</c>: list by the
    /// device; <c>fused</c>: list by both.</summary>
    public required string Mode { get; init; }

    /// <summary>Who decides on requests: <c>none</c>, <c>never</c>, <c>consistency</c>, <c>random</c> or <c>always</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>The rate asked for.</summary>
    public required double RequestRate { get; init; }

    /// <summary>Recall@10.</summary>
    [JsonPropertyName("recall@10")]
    public required double Recall { get; init; }

    /// <summary>NDCG@10.</summary>
    [JsonPropertyName("ndcg@10")]
    public required double Ndcg { get; init; }

    /// <summary>Calls for a newer list per user; the first, lagging list is not counted.</summary>
    public required double CallsPerUser { get; init; }

    /// <summary>Median time on the device to take in an event and rank, in microseconds.</summary>
    public required double DeviceMicros { get; init; }

    /// <summary>Mean time in the cloud to make a list, in batches, in milliseconds; 0 where no list is used.</summary>
    public required double CloudMillis { get; init; }

    /// <summary>[users] NDCG@10 of each user, for paired comparisons.</summary>
    [JsonIgnore]
    public double[] NdcgByUser { get; init; } = [];
}
