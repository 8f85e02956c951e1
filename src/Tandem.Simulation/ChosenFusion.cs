using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>A fusion rule and how it was chosen.</summary>
/// <param name="Name"><c>log-linear</c> or <c>min-max</c>.</param>
/// <param name="CloudShare">α.</param>
/// <param name="Rule">The rule itself.</param>
/// <param name="Ndcg">NDCG@10 on validation lists.</param>
public sealed record ChosenFusion(string Name, double CloudShare, IFusionRule Rule, double Ndcg);
