using System.Text.Json.Serialization;
using Tandem.Data.Metrics;

namespace Tandem.Learning.Runs;

/// <summary>A stage of <see cref="CollaborativeTraining"/>.</summary>
/// <param name="Name"><c>independent</c>, <c>cooperative</c>, <c>retrained</c> or <c>retrained-without-lists</c>.</param>
/// <param name="Run">Its folder: a run of <c>tandem train</c> as any other.</param>
/// <param name="Protocol">What it may learn.</param>
/// <param name="ListWeight">λ; null where it learns from no lists.</param>
/// <param name="Validation">NDCG@10 on validation events with all that joins the model; null where it was not measured here.</param>
/// <param name="Recall">Recall@10 on the test events.</param>
/// <param name="Ndcg">NDCG@10 on the test events.</param>
public sealed record CollaborativeStage(
    string Name, string Run, string Protocol, double? ListWeight, double? Validation,
    [property: JsonPropertyName("recall@10")] double Recall, [property: JsonPropertyName("ndcg@10")] double Ndcg)
{
    /// <summary>The stage that it is compared with; null for the first.</summary>
    public string? Over { get; init; }

    /// <summary>NDCG@10 less that of <see cref="Over"/>, paired by user, with its 95 % interval.</summary>
    public PairedDifference? Interval { get; init; }

    /// <summary>[events] of the test, NDCG@10 of each.</summary>
    [JsonIgnore]
    public double[] Gains { get; init; } = [];
}
