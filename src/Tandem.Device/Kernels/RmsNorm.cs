using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>y = x / √(mean(x²) + ε) · γ (arXiv 1910.07467). The sum runs vector by vector from the left, then over the lanes.</summary>
internal static class RmsNorm
{
    /// <param name="x">[D].</param>
    /// <param name="gamma">[D], or empty: one.</param>
    /// <param name="destination">[D], may be <paramref name="x"/> itself.</param>
    /// <param name="epsilon">ε. Default 1e-6, as Llama's.</param>
    public static void Normalize(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> destination, float epsilon = 1e-6f)
    {
        if (Vector512.IsHardwareAccelerated && x.Length >= Lanes512.Count) Run<Lanes512>(x, gamma, destination, epsilon);
        else if (Vector256.IsHardwareAccelerated && x.Length >= Lanes256.Count) Run<Lanes256>(x, gamma, destination, epsilon);
        else if (Vector128.IsHardwareAccelerated && x.Length >= Lanes128.Count) Run<Lanes128>(x, gamma, destination, epsilon);
        else Scalar(x, gamma, destination, epsilon);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> destination, float epsilon)
        where TLanes : struct, ILanes<TLanes>
    {
        if (x.Length < TLanes.Count)
        {
            Scalar(x, gamma, destination, epsilon);
            return;
        }

        Require(x, gamma, destination);
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var weight = ref MemoryMarshal.GetReference(gamma);
        ref var y = ref MemoryMarshal.GetReference(destination);
        var meanSquare = Moments.SumOfSquares<TLanes>(in source, x.Length, mean: 0) / x.Length;
        var (scale, weighted) = (TLanes.Broadcast(1 / MathF.Sqrt(meanSquare + epsilon)), !gamma.IsEmpty);
        // The last vector reaches back over the one before it, so in place it has to be read before anything is written.
        var rest = (nuint)(x.Length - TLanes.Count);
        var last = TLanes.Load(in source, rest) * scale;
        for (nuint i = 0; i < rest; i += (nuint)TLanes.Count)
        {
            var normed = TLanes.Load(in source, i) * scale;
            TLanes.Store(weighted ? normed * TLanes.Load(in weight, i) : normed, ref y, i);
        }

        TLanes.Store(weighted ? last * TLanes.Load(in weight, rest) : last, ref y, rest);
    }

    /// <summary>The oracle: from left to right.</summary>
    internal static void Scalar(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> destination, float epsilon)
    {
        Require(x, gamma, destination);
        var squares = 0f;
        foreach (var value in x) squares += value * value;
        var scale = 1 / MathF.Sqrt(squares / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++) destination[i] = gamma.IsEmpty ? x[i] * scale : x[i] * scale * gamma[i];
    }

    private static void Require(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> destination)
    {
        Shapes.RequireLength(destination.Length, x.Length);
        Shapes.RequireLengthOrNone(gamma.Length, x.Length);
    }
}
