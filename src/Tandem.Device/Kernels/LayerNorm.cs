using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) · γ + β, with the biased variance (arXiv 1607.06450). Both sums run vector by vector from the left,
/// then over the lanes; the variance is that of the centred values.
/// </summary>
internal static class LayerNorm
{
    /// <summary>torch's default.</summary>
    public const float Epsilon = 1e-5f;

    /// <param name="x">[D].</param>
    /// <param name="gamma">[D], or empty: one.</param>
    /// <param name="beta">[D], or empty: zero.</param>
    /// <param name="destination">[D], may be <paramref name="x"/> itself.</param>
    /// <param name="epsilon">ε. Default 1e-5, as torch's.</param>
    public static void Normalize(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination, float epsilon = Epsilon)
    {
        if (Vector512.IsHardwareAccelerated && x.Length >= Lanes512.Count) Run<Lanes512>(x, gamma, beta, destination, epsilon);
        else if (Vector256.IsHardwareAccelerated && x.Length >= Lanes256.Count) Run<Lanes256>(x, gamma, beta, destination, epsilon);
        else if (Vector128.IsHardwareAccelerated && x.Length >= Lanes128.Count) Run<Lanes128>(x, gamma, beta, destination, epsilon);
        else Scalar(x, gamma, beta, destination, epsilon);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination, float epsilon)
        where TLanes : struct, ILanes<TLanes>
    {
        if (x.Length < TLanes.Count)
        {
            Scalar(x, gamma, beta, destination, epsilon);
            return;
        }

        Require(x, gamma, beta, destination);
        ref var source = ref MemoryMarshal.GetReference(x);
        var mean = Moments.Sum<TLanes>(in source, x.Length) / x.Length;
        var variance = Moments.SumOfSquares<TLanes>(in source, x.Length, mean) / x.Length;
        var affine = new Affine<TLanes>(gamma, beta, mean, 1 / MathF.Sqrt(variance + epsilon));
        ref var y = ref MemoryMarshal.GetReference(destination);
        // The last vector reaches back over the one before it, so in place it has to be read before anything is written.
        var rest = (nuint)(x.Length - TLanes.Count);
        var last = TLanes.Load(in source, rest);
        for (nuint i = 0; i < rest; i += (nuint)TLanes.Count) TLanes.Store(affine.Apply(TLanes.Load(in source, i), i), ref y, i);
        TLanes.Store(affine.Apply(last, rest), ref y, rest);
    }

    /// <summary>The oracle: from left to right.</summary>
    internal static void Scalar(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination, float epsilon)
    {
        Require(x, gamma, beta, destination);
        var (mean, variance) = (0f, 0f);
        foreach (var value in x) mean += value;
        mean /= x.Length;
        foreach (var value in x) variance += (value - mean) * (value - mean);
        var scale = 1 / MathF.Sqrt(variance / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++)
        {
            var normed = (x[i] - mean) * scale;
            if (!gamma.IsEmpty) normed *= gamma[i];
            destination[i] = beta.IsEmpty ? normed : normed + beta[i];
        }
    }

    private static void Require(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination)
    {
        Shapes.RequireLength(destination.Length, x.Length);
        Shapes.RequireLengthOrNone(gamma.Length, x.Length);
        Shapes.RequireLengthOrNone(beta.Length, x.Length);
    }

    private readonly ref struct Affine<TLanes>(ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float mean, float scale)
        where TLanes : struct, ILanes<TLanes>
    {
        private readonly ref readonly float _gamma = ref MemoryMarshal.GetReference(gamma);
        private readonly ref readonly float _beta = ref MemoryMarshal.GetReference(beta);
        private readonly bool _hasGamma = !gamma.IsEmpty;
        private readonly bool _hasBeta = !beta.IsEmpty;
        private readonly TLanes _mean = TLanes.Broadcast(mean);
        private readonly TLanes _scale = TLanes.Broadcast(scale);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Apply(TLanes x, nuint at)
        {
            var normed = (x - _mean) * _scale;
            if (_hasGamma) normed *= TLanes.Load(in _gamma, at);
            return _hasBeta ? normed + TLanes.Load(in _beta, at) : normed;
        }
    }
}
