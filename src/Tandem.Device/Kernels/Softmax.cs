using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// softmax(s x) = e^(s (x − max)) / Σ e^(s (x − max)). The shift keeps every exponent at or below zero, so no logit is too large.
/// The sum runs vector by vector from the left, then over the lanes. NaN makes all weights NaN.
/// </summary>
internal static class Softmax
{
    /// <param name="x">[n] logits.</param>
    /// <param name="destination">[n], may be <paramref name="x"/> itself.</param>
    /// <param name="scale">s, not negative.</param>
    public static void Apply(ReadOnlySpan<float> x, Span<float> destination, float scale = 1)
    {
        if (Vector512.IsHardwareAccelerated && x.Length >= Lanes512.Count) Run<Lanes512>(x, destination, scale);
        else if (Vector256.IsHardwareAccelerated && x.Length >= Lanes256.Count) Run<Lanes256>(x, destination, scale);
        else if (Vector128.IsHardwareAccelerated && x.Length >= Lanes128.Count) Run<Lanes128>(x, destination, scale);
        else Scalar(x, destination, scale);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(ReadOnlySpan<float> x, Span<float> destination, float scale)
        where TLanes : struct, ILanes<TLanes>
    {
        if (x.Length < TLanes.Count)
        {
            Scalar(x, destination, scale);
            return;
        }

        Shapes.RequireLength(destination.Length, x.Length);
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var y = ref MemoryMarshal.GetReference(destination);
        var (max, factor) = (TLanes.Broadcast(Largest<TLanes>(in source, x.Length)), TLanes.Broadcast(scale));
        // The last vector reaches back over the one before it: read before anything is written, counted only where it is new.
        var rest = (nuint)(x.Length - TLanes.Count);
        var last = Transcendental.Exp((TLanes.Load(in source, rest) - max) * factor);
        var sum = TLanes.Zero;
        nuint i = 0;
        for (; i < rest; i += (nuint)TLanes.Count)
        {
            var power = Transcendental.Exp((TLanes.Load(in source, i) - max) * factor);
            TLanes.Store(power, ref y, i);
            sum += power;
        }

        TLanes.Store(last, ref y, rest);
        sum += TLanes.KeepLast(last, x.Length - (int)i);
        Scale<TLanes>(ref y, x.Length, 1 / TLanes.Sum(sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest<TLanes>(ref readonly float x, int length) where TLanes : struct, ILanes<TLanes>
    {
        var rest = (nuint)(length - TLanes.Count);
        var max = TLanes.Load(in x, rest);
        for (nuint i = 0; i < rest; i += (nuint)TLanes.Count) max = TLanes.Max(max, TLanes.Load(in x, i));
        return TLanes.Largest(max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TLanes>(ref float y, int length, float scale) where TLanes : struct, ILanes<TLanes>
    {
        var (factor, rest) = (TLanes.Broadcast(scale), (nuint)(length - TLanes.Count));
        var last = TLanes.Load(in y, rest);
        for (nuint i = 0; i < rest; i += (nuint)TLanes.Count) TLanes.Store(TLanes.Load(in y, i) * factor, ref y, i);
        TLanes.Store(last * factor, ref y, rest);
    }

    /// <summary>The oracle: from left to right.</summary>
    internal static void Scalar(ReadOnlySpan<float> x, Span<float> destination, float scale)
    {
        Shapes.RequireLength(destination.Length, x.Length);
        var (max, sum) = (float.NegativeInfinity, 0f);
        foreach (var logit in x) max = MathF.Max(max, logit);
        for (var i = 0; i < x.Length; i++) sum += destination[i] = MathF.Exp((x[i] - max) * scale);
        for (var i = 0; i < x.Length; i++) destination[i] /= sum;
    }
}
