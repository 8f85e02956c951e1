using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>Rotary position embedding (RoFormer, arXiv 2104.09864): each pair of neighbours is rotated by an angle of its own.</summary>
internal static class Rotary
{
    /// <summary>(x₂ᵢ, x₂ᵢ₊₁) → (x₂ᵢ cos − x₂ᵢ₊₁ sin, x₂ᵢ₊₁ cos + x₂ᵢ sin), alike in each head.</summary>
    /// <param name="x">[H × F], changed in place.</param>
    /// <param name="cosines">[F] of each pair, twice.</param>
    /// <param name="sines">[F] of each pair, the first of the two negated.</param>
    public static void Rotate(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        if (Vector512.IsHardwareAccelerated && cosines.Length % Lanes512.Count == 0) Run<Lanes512>(x, cosines, sines);
        else if (Vector256.IsHardwareAccelerated && cosines.Length % Lanes256.Count == 0) Run<Lanes256>(x, cosines, sines);
        else if (Vector128.IsHardwareAccelerated && cosines.Length % Lanes128.Count == 0) Run<Lanes128>(x, cosines, sines);
        else Scalar(x, cosines, sines);
    }

    /// <summary>Heads of whole vectors; any others go to <see cref="Scalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
        where TLanes : struct, ILanes<TLanes>
    {
        if (cosines.Length % TLanes.Count != 0)
        {
            Scalar(x, cosines, sines);
            return;
        }

        Require(x, cosines, sines);
        ref var X = ref MemoryMarshal.GetReference(x);
        ref var cosine = ref MemoryMarshal.GetReference(cosines);
        ref var sine = ref MemoryMarshal.GetReference(sines);
        var (length, width) = ((nuint)x.Length, (nuint)cosines.Length);
        for (nuint f = 0; f < width; f += (nuint)TLanes.Count)
        {
            var (cos, sin) = (TLanes.Load(in cosine, f), TLanes.Load(in sine, f));
            for (var at = f; at < length; at += width)
            {
                var pairs = TLanes.Load(in X, at);
                TLanes.Store(TLanes.MultiplyAdd(TLanes.SwapPairs(pairs), sin, pairs * cos), ref X, at);
            }
        }
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        Require(x, cosines, sines);
        for (var i = 0; i < x.Length; i += 2)
        {
            var f = i % cosines.Length;
            (x[i], x[i + 1]) = (x[i] * cosines[f] + x[i + 1] * sines[f], x[i + 1] * cosines[f + 1] + x[i] * sines[f + 1]);
        }
    }

    private static void Require(ReadOnlySpan<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        Shapes.RequireLength(sines.Length, cosines.Length);
        Shapes.RequireLength(cosines.Length % 2, 0, "an odd width's rest");
        Shapes.RequireLength(x.Length % Math.Max(1, cosines.Length), 0, "the rest of whole heads");
    }
}
