using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

// The gradient of the inner loss by z, and the surprise gate that it feeds.
internal static partial class HeadNorm
{
    /// <summary>
    /// z ← λ G, G = (g − mean(g) − ẑ mean(g ẑ)) / σ with g = γ r and r = γ ẑ + β − (v − k). Where there is a surprise gate, λ is first
    /// multiplied by 2 sigmoid(w ln(mean(r²) + 10⁻⁶) + c).
    /// </summary>
    /// <param name="z">[H × F], changed in place.</param>
    /// <param name="k">[H × F].</param>
    /// <param name="v">[H × F].</param>
    /// <param name="weights">γ, β and the gate's.</param>
    /// <param name="rates">[H] λ.</param>
    public static void Gradient(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates)
    {
        var headWidth = z.Length / rates.Length;
        if (Vector512.IsHardwareAccelerated && headWidth % Lanes512.Count == 0) Gradient<Lanes512>(z, k, v, weights, rates);
        else if (Vector256.IsHardwareAccelerated && headWidth % Lanes256.Count == 0) Gradient<Lanes256>(z, k, v, weights, rates);
        else if (Vector128.IsHardwareAccelerated && headWidth % Lanes128.Count == 0) Gradient<Lanes128>(z, k, v, weights, rates);
        else GradientScalar(z, k, v, weights, rates);
    }

    /// <summary>Heads of whole vectors; any others go to <see cref="GradientScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Gradient<TLanes>(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates)
        where TLanes : struct, ILanes<TLanes>
    {
        var (heads, headWidth) = (rates.Length, z.Length / rates.Length);
        if (headWidth % TLanes.Count != 0)
        {
            GradientScalar(z, k, v, weights, rates);
            return;
        }

        Require(z, k, v, weights, rates);
        var head = 0;
        var rows = new GradientRows(z, k, v, weights, rates);
        if (headWidth == TLanes.Count)
        {
            for (; head + 4 <= heads; head += 4) FourHeads<TLanes>(rows, head);
        }

        for (; head < heads; head++) OneHead<TLanes>(rows, head, headWidth);
    }

    /// <summary>The oracle: from left to right.</summary>
    internal static void GradientScalar(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates)
    {
        Require(z, k, v, weights, rates);
        var F = z.Length / rates.Length;
        var rows = new GradientRows(z, k, v, weights, rates);
        for (var head = 0; head < rates.Length; head++)
        {
            var (mean, scale) = Moment(z.Slice(head * F, F));
            var (squares, sum, along) = (0f, 0f, 0f);
            for (var i = head * F; i < (head + 1) * F; i++)
            {
                z[i] = (z[i] - mean) * scale;
                var r = weights.Gamma[i] * z[i] + weights.Beta[i] - (v[i] - k[i]);
                (squares, sum, along) = (squares + r * r, sum + r * weights.Gamma[i], along + r * weights.Gamma[i] * z[i]);
            }

            var factor = scale * rows.Rate(head, squares / F);
            for (var i = head * F; i < (head + 1) * F; i++)
            {
                var g = weights.Gamma[i] * (weights.Gamma[i] * z[i] + weights.Beta[i] - (v[i] - k[i]));
                z[i] = (g - sum / F - z[i] * (along / F)) * factor;
            }
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void FourHeads<TLanes>(in GradientRows rows, int head) where TLanes : struct, ILanes<TLanes>
    {
        var n = (nuint)TLanes.Count;
        var at = (nuint)head * n;
        var (h0, h1) = (TLanes.Load(in rows.Z, at), TLanes.Load(in rows.Z, at + n));
        var (h2, h3) = (TLanes.Load(in rows.Z, at + 2 * n), TLanes.Load(in rows.Z, at + 3 * n));
        var mean = TLanes.Sums(h0, h1, h2, h3) / TLanes.Count;
        (h0, h1) = (h0 - TLanes.Broadcast(mean[0]), h1 - TLanes.Broadcast(mean[1]));
        (h2, h3) = (h2 - TLanes.Broadcast(mean[2]), h3 - TLanes.Broadcast(mean[3]));
        var scale = InverseDeviation(TLanes.Sums(h0 * h0, h1 * h1, h2 * h2, h3 * h3) / TLanes.Count);
        (h0, h1) = (h0 * TLanes.Broadcast(scale[0]), h1 * TLanes.Broadcast(scale[1]));
        (h2, h3) = (h2 * TLanes.Broadcast(scale[2]), h3 * TLanes.Broadcast(scale[3]));

        var (r0, r1) = (Residual(h0, rows, at), Residual(h1, rows, at + n));
        var (r2, r3) = (Residual(h2, rows, at + 2 * n), Residual(h3, rows, at + 3 * n));
        var rate = rows.HasSurprise
            ? rows.FourRates(head, TLanes.Sums(r0 * r0, r1 * r1, r2 * r2, r3 * r3) / TLanes.Count)
            : Vector128.LoadUnsafe(ref rows.Rates, (nuint)head);
        (r0, r1) = (r0 * TLanes.Load(in rows.Gamma, at), r1 * TLanes.Load(in rows.Gamma, at + n));
        (r2, r3) = (r2 * TLanes.Load(in rows.Gamma, at + 2 * n), r3 * TLanes.Load(in rows.Gamma, at + 3 * n));
        var sum = TLanes.Sums(r0, r1, r2, r3) / TLanes.Count;
        var along = TLanes.Sums(r0 * h0, r1 * h1, r2 * h2, r3 * h3) / TLanes.Count;
        var factor = scale * rate;
        TLanes.Store(Slope(r0, h0, sum[0], along[0], factor[0]), ref rows.Z, at);
        TLanes.Store(Slope(r1, h1, sum[1], along[1], factor[1]), ref rows.Z, at + n);
        TLanes.Store(Slope(r2, h2, sum[2], along[2], factor[2]), ref rows.Z, at + 2 * n);
        TLanes.Store(Slope(r3, h3, sum[3], along[3], factor[3]), ref rows.Z, at + 3 * n);
    }

    [MethodImpl(Hot.Loop)]
    private static void OneHead<TLanes>(in GradientRows rows, int head, int headWidth) where TLanes : struct, ILanes<TLanes>
    {
        var (count, from, end) = ((nuint)TLanes.Count, (nuint)(head * headWidth), (nuint)((head + 1) * headWidth));
        ref var z = ref Unsafe.Add(ref rows.Z, from);
        var mean = Moments.Sum<TLanes>(in z, headWidth) / headWidth;
        var scale = 1 / MathF.Sqrt(Moments.SumOfSquares<TLanes>(in z, headWidth, mean) / headWidth + Epsilon);
        var (centre, inverse) = (TLanes.Broadcast(mean), TLanes.Broadcast(scale));
        var (squares, sum, along) = (TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var at = from; at < end; at += count)
        {
            var normed = (TLanes.Load(in rows.Z, at) - centre) * inverse;
            TLanes.Store(normed, ref rows.Z, at);
            var r = Residual(normed, rows, at);
            var g = r * TLanes.Load(in rows.Gamma, at);
            (squares, sum, along) = (TLanes.MultiplyAdd(r, r, squares), sum + g, TLanes.MultiplyAdd(g, normed, along));
        }

        var factor = scale * rows.Rate(head, TLanes.Sum(squares) / headWidth);
        var (meanSlope, meanAlong) = (TLanes.Sum(sum) / headWidth, TLanes.Sum(along) / headWidth);
        for (var at = from; at < end; at += count)
        {
            var normed = TLanes.Load(in rows.Z, at);
            var g = Residual(normed, rows, at) * TLanes.Load(in rows.Gamma, at);
            TLanes.Store(Slope(g, normed, meanSlope, meanAlong, factor), ref rows.Z, at);
        }
    }

    /// <summary>γ ẑ + β − (v − k).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Residual<TLanes>(TLanes normed, in GradientRows rows, nuint at) where TLanes : struct, ILanes<TLanes>
    {
        var target = TLanes.Load(in rows.V, at) - TLanes.Load(in rows.K, at);
        return TLanes.MultiplyAdd(normed, TLanes.Load(in rows.Gamma, at), TLanes.Load(in rows.Beta, at) - target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Slope<TLanes>(TLanes g, TLanes normed, float mean, float along,
        float factor) where TLanes : struct, ILanes<TLanes> =>
        (g - TLanes.Broadcast(mean) - normed * TLanes.Broadcast(along)) * TLanes.Broadcast(factor);

    private static void Require(
        ReadOnlySpan<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates)
    {
        Require(z, k, weights, z.Length / rates.Length);
        Shapes.RequireLength(z.Length % rates.Length, 0, "the rest of whole heads");
        Shapes.RequireLength(v.Length, z.Length);
        Shapes.RequireLengthOrNone(weights.SurpriseWeight.Length, rates.Length);
        Shapes.RequireLength(weights.SurpriseBias.Length, weights.SurpriseWeight.Length);
    }

    private readonly ref struct GradientRows(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates)
    {
        private readonly ReadOnlySpan<float> _surpriseWeight = weights.SurpriseWeight;
        private readonly ReadOnlySpan<float> _surpriseBias = weights.SurpriseBias;

        public readonly ref float Z = ref MemoryMarshal.GetReference(z);
        public readonly ref float K = ref MemoryMarshal.GetReference(k);
        public readonly ref float V = ref MemoryMarshal.GetReference(v);
        public readonly ref float Gamma = ref MemoryMarshal.GetReference(weights.Gamma);
        public readonly ref float Beta = ref MemoryMarshal.GetReference(weights.Beta);
        public readonly ref float Rates = ref MemoryMarshal.GetReference(rates);

        public bool HasSurprise => !_surpriseWeight.IsEmpty;

        /// <summary>λ of a head after the gate.</summary>
        /// <param name="head">Its number.</param>
        /// <param name="loss">mean(r²).</param>
        public float Rate(int head, float loss)
        {
            var rate = Unsafe.Add(ref Rates, head);
            if (!HasSurprise) return rate;
            var logit = _surpriseWeight[head] * MathF.Log(loss + LeastLoss) + _surpriseBias[head];
            return rate * 2 / (1 + MathF.Exp(-logit));
        }

        /// <summary>Those of four heads.</summary>
        public Vector128<float> FourRates(int head, Vector128<float> losses) =>
            Vector128.Create(Rate(head, losses[0]), Rate(head + 1, losses[1]), Rate(head + 2, losses[2]), Rate(head + 3, losses[3]));
    }
}
