using System.Text.Json.Serialization;
using Tandem.Data.Metrics;

namespace Tandem.Simulation;

/// <summary>One line of the table: a mode at a request rate, on the test targets.</summary>
public sealed record SimulationRow
{
    /// <summary><c>cloud</c>: list in the cloud's order; <c>device</c>: device alone, over all that it holds; <c>rerank</c>: list by the
    /// device; <c>fused</c>: by both, with the learned fusion over the list and the device's own candidates. <c>device-weights</c> and
    /// <c>fused-weights</c>: the same with weights of the user's own, which come with each list.</summary>
    public required string Mode { get; init; }

    /// <summary>
    /// Who decides on requests: <c>none</c>, <c>never</c>, <c>expected-gain</c>, <c>consistency</c>, <c>random</c>, <c>every-events</c> or
    /// <c>always</c>.
    /// </summary>
    public required string Policy { get; init; }

    /// <summary>
    /// How scores are joined: <c>learned</c>, <c>list-first</c>, <c>calibrated</c>, <c>published</c>; in the paper's mode <c>m2</c> …
    /// <c>m4</c>.
    /// </summary>
    public required string Fusion { get; init; }

    /// <summary>What the device holds: <c>all</c> or <c>slices</c>.</summary>
    public required string DeviceItems { get; init; }

    /// <summary>Training events of each user that the device's model does not know and the cloud's does.</summary>
    public required int BundleAge { get; init; }

    /// <summary>The rate asked for.</summary>
    public required double RequestRate { get; init; }

    /// <summary>Calls per view.</summary>
    public required double RealisedRate { get; init; }

    /// <summary>Recall@10.</summary>
    [JsonPropertyName("recall@10")]
    public required double Recall { get; init; }

    /// <summary>NDCG@10.</summary>
    [JsonPropertyName("ndcg@10")]
    public required double Ndcg { get; init; }

    /// <summary>NDCG@10 less that of the device alone, paired by user, with its 95 % interval; null for the device alone.</summary>
    public PairedDifference? Interval { get; set; }

    /// <summary>The same less that of random requests at the same rate; null where there is no such row.</summary>
    public PairedDifference? OverRandom { get; set; }

    /// <summary>
    /// Share of what fresh lists gain over lagging ones, in the same mode, that this row's requests have; null where there is no gain.
    /// </summary>
    public double? GapRecovered { get; set; }

    /// <summary>
    /// Mean of relative gains over the cloud's list as it came, at the same policy and rate: of Recall at 1, 5 and 10 and NDCG at 5 and
    /// 10, in the paper's mode also at 20. What LSC4Rec calls average improvement. Null without a list.
    /// </summary>
    public double? OverList { get; set; }

    /// <summary>Calls for a newer list per user; the first, lagging list is not counted.</summary>
    public required double CallsPerUser { get; init; }

    /// <summary>Bytes of requests per user, that for the first list included.</summary>
    public required double BytesUp { get; init; }

    /// <summary>Bytes of answers per user, the first list included.</summary>
    public required double BytesDown { get; init; }

    /// <summary>What a thousand views cost beyond the first list of each user.</summary>
    public required ThousandViews ThousandViews { get; init; }

    /// <summary>Share of the ten shown items that were on the cloud's list.</summary>
    public required double ShownFromList { get; init; }

    /// <summary>Median time on the device to take in an event and rank, in microseconds.</summary>
    public required double DeviceMicros { get; init; }

    /// <summary>Mean time in the cloud to make a list, in batches, in milliseconds; 0 where no list is used, or all were kept.</summary>
    public required double CloudMillis { get; init; }

    /// <summary>The row on parts of the users.</summary>
    public IReadOnlyList<SliceRow> Slices { get; set; } = [];

    /// <summary>Those that <see cref="OverList"/> is the mean of.</summary>
    [JsonIgnore]
    public double[] Measures { get; init; } = [];

    /// <summary>[users] NDCG@10 of each user, for paired comparisons.</summary>
    [JsonIgnore]
    public double[] NdcgByUser { get; init; } = [];
}

/// <summary>A row on a part of the users.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Users">How many.</param>
/// <param name="Ndcg">NDCG@10.</param>
/// <param name="Interval">NDCG@10 less that of the device alone, paired by user; null for the device alone.</param>
public sealed record SliceRow(
    string Name, int Users, [property: JsonPropertyName("ndcg@10")] double Ndcg, PairedDifference? Interval);
