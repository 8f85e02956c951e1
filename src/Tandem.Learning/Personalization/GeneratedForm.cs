namespace Tandem.Learning.Personalization;

/// <summary>What is generated of a layer.</summary>
public enum GeneratedForm
{
    /// <summary>ΔW = U S V and Δb = U c: a core S [R, R] and c [R] for each user between factors that all share.</summary>
    LowRank,

    /// <summary>ΔW and Δb in full, O × I + O numbers, as DUET and SOLID have it.</summary>
    Full,

    /// <summary>Δb alone, O numbers.</summary>
    Bias,
}
