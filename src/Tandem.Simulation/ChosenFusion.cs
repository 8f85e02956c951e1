using System.Text.Json.Serialization;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>A fusion rule and how it was chosen.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="CloudShare">α, the cloud's say.</param>
/// <param name="Rule">The rule itself.</param>
/// <param name="Ndcg">NDCG@10 on validation lists.</param>
public sealed record ChosenFusion(FusionKind Kind, double CloudShare, [property: JsonIgnore] IFusionRule Rule, double Ndcg);
