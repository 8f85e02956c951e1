using System.Text.Json.Serialization;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>A fusion rule and how it was chosen.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="CloudShare">α, the cloud's say; null where it follows the device's confidence.</param>
/// <param name="Rule">The rule itself.</param>
/// <param name="Ndcg">NDCG@10 on validation lists.</param>
public sealed record ChosenFusion(FusionKind Kind, double? CloudShare, [property: JsonIgnore] IFusionRule Rule, double Ndcg)
{
    /// <summary>k of a share that follows the device's confidence; null for a constant one.</summary>
    public double? Slope { get; init; }

    /// <summary>τ of it.</summary>
    public double? Threshold { get; init; }
}
