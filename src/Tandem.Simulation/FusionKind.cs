namespace Tandem.Simulation;

/// <summary>Which fusion rule a simulation tunes and uses.</summary>
public enum FusionKind
{
    /// <summary>
    /// Weights for each age of the list, over the list and the device's own candidates, the likeliest ones on validation lists.
    /// </summary>
    Learned,

    /// <summary>
    /// The same with the list's items before all others, as LSC4Rec ranks: what the device finds itself is looked at for requests alone.
    /// </summary>
    ListFirst,

    /// <summary>Log-linear over the list alone, its share the likeliest one on validation lists.</summary>
    Calibrated,

    /// <summary>LSC4Rec's, over the list alone: min-max normalised scores, the share with the best NDCG@10 on validation lists.</summary>
    Published,

    /// <summary>
    /// Over the list alone, the device's share σ(k (p − τ)) by its confidence p, the greatest of its softmax over the list, as MemGen
    /// weighs an id model (arXiv 2603.19809); k and τ have the best NDCG@10 on validation lists.
    /// </summary>
    Confidence,
}
