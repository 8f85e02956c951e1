namespace Tandem.Protocol.Parameters;

/// <summary>How a <see cref="ParameterPacket"/> says what weights a user has; told by the names of its tensors.</summary>
public enum ParameterForm
{
    /// <summary>Whole tensors under the bundle's names, as floats or as rows of int8 with a scale each.</summary>
    Full,

    /// <summary>A core [S | c] for each changed layer of the bundle's <see cref="ParameterFactors"/>: ΔW = U S V, Δb = U c.</summary>
    LowRank,

    /// <summary>A byte for each code of the bundle's <see cref="ParameterFactors"/>: the cores of all layers are sums of levels.</summary>
    Codes,

    /// <summary>A <see cref="PrecisionPlan"/> for some of the bundle's matrices: rows with 2, 4, 8 or all 32 bits.</summary>
    Plan,
}
