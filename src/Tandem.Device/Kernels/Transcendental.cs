using System.Runtime.CompilerServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>Functions of every lane in float32 alone. NaN gives NaN.</summary>
internal static class Transcendental
{
    // The smallest normal float is e^−87.34.
    private const float LowestExponent = -87.33f;

    // 2¹²⁸, which x above 88.37 is rounded to, is infinity.
    private const float HighestExponent = 89f;

    // 1.5 · 2²³: a float that it is added to is rounded to an integer, which then stands in the last bits of the significand.
    private const float Rounding = 12582912f;

    // Of Normal: fitted at Chebyshev's points for z in 0 … 10, relative error 2.5e-8.
    private const float P8 = -0.130770877f;
    private const float P7 = 0.491934271f;
    private const float P6 = -0.526151663f;
    private const float P5 = 0.564514242f;
    private const float P4 = -0.106983362f;
    private const float P3 = 0.220539169f;
    private const float P2 = 0.146796022f;
    private const float P1 = 0.17094912f;
    private const float P0 = 0.169173058f;

    /// <summary>
    /// eˣ = 2ⁿ · eʳ, n = round(x / ln 2), |r| ≤ ln 2 / 2, eʳ by its series to r⁷ (next term below 6e-9). Relative error below 2e-7
    /// from −87.33 to 88.37; 0 below, infinity above.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>
    {
        var (lowest, highest) = (TLanes.Broadcast(LowestExponent), TLanes.Broadcast(HighestExponent));
        var clamped = TLanes.WhereLess(x, lowest, lowest, TLanes.WhereLess(highest, x, highest, x));
        var significand = TLanes.MultiplyAdd(clamped, TLanes.Broadcast(1.44269504f), TLanes.Broadcast(Rounding));
        var n = significand - TLanes.Broadcast(Rounding);
        // ln 2 in two parts, the first of nine bits, so that n times it is exact.
        var r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-355f / 512), clamped);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(2.12194440e-4f), r);

        var series = TLanes.Broadcast(1f / 5040);
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f / 720));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f / 120));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f / 24));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f / 6));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(0.5f));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f));
        series = TLanes.MultiplyAdd(series, r, TLanes.Broadcast(1f));
        return TLanes.WhereLess(x, lowest, TLanes.Zero, series * TLanes.PowerOfTwo(significand));
    }

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ), within 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        return one / (one + Exp(TLanes.Zero - x));
    }

    /// <summary>tanh(x) = 1 − 2 / (1 + e²ˣ), within 2e-7: of the value's own size only away from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        return one - TLanes.Broadcast(2f) / (one + Exp(x + x));
    }

    /// <summary>
    /// Φ(x), the standard normal distribution. For z = |x| / √2, erfc(z) = e^(−z²) · t · P(t) with t = 1 / (1 + 0.3 z), the form of
    /// Abramowitz and Stegun 7.1.26 with a P of degree 8.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Normal<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        var z = TLanes.Abs(x) * TLanes.Broadcast(0.70710678f);
        var t = one / TLanes.MultiplyAdd(z, TLanes.Broadcast(0.3f), one);

        var P = TLanes.Broadcast(P8);
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P7));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P6));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P5));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P4));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P3));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P2));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P1));
        P = TLanes.MultiplyAdd(P, t, TLanes.Broadcast(P0));
        var half = TLanes.Broadcast(0.5f) * t * P * Exp(TLanes.Zero - z * z);     // erfc(z) / 2
        return TLanes.WhereLess(x, TLanes.Zero, half, one - half);
    }

    /// <summary>As the vector's.</summary>
    public static float Normal(float x)
    {
        var z = MathF.Abs(x) * 0.70710678f;
        var t = 1 / (1 + 0.3f * z);
        var P = P0 + t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * (P5 + t * (P6 + t * (P7 + t * P8)))))));
        var half = 0.5f * t * P * MathF.Exp(-z * z);
        return x < 0 ? half : 1 - half;
    }
}
