namespace Tandem.Simulation;

/// <summary>Which fusion rule a simulation tunes and uses.</summary>
public enum FusionKind
{
    /// <summary>Log-linear, its share the likeliest one on validation lists.</summary>
    Calibrated,

    /// <summary>LSC4Rec's: min-max normalised scores, the share with the best NDCG@10 on validation lists.</summary>
    Published,
}
