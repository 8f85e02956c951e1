namespace Tandem.Device.Kernels;

/// <summary>Weights of <see cref="HeadNorm"/>, the heads side by side.</summary>
/// <param name="gamma">[H × F].</param>
/// <param name="beta">[H × F].</param>
/// <param name="surpriseWeight">[H] w; empty where there is no surprise gate.</param>
/// <param name="surpriseBias">[H] c; empty where there is none.</param>
internal readonly ref struct HeadNormWeights(
    ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, ReadOnlySpan<float> surpriseWeight, ReadOnlySpan<float> surpriseBias)
{
    /// <summary>[H × F].</summary>
    public ReadOnlySpan<float> Gamma { get; } = gamma;

    /// <summary>[H × F].</summary>
    public ReadOnlySpan<float> Beta { get; } = beta;

    /// <summary>[H] or empty.</summary>
    public ReadOnlySpan<float> SurpriseWeight { get; } = surpriseWeight;

    /// <summary>[H] or empty.</summary>
    public ReadOnlySpan<float> SurpriseBias { get; } = surpriseBias;

    /// <summary>Those of one head.</summary>
    public HeadNormWeights Head(int head, int headWidth) => new(
        Gamma.Slice(head * headWidth, headWidth), Beta.Slice(head * headWidth, headWidth),
        SurpriseWeight.IsEmpty ? [] : SurpriseWeight.Slice(head, 1), SurpriseBias.IsEmpty ? [] : SurpriseBias.Slice(head, 1));
}
