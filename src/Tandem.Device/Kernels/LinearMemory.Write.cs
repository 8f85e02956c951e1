using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

// What an event writes, and what its query gains from all that was written since the mini-batch began.
internal static partial class LinearMemory
{
    /// <summary>S += kᵀ g, s += g; then y −= τ (q S + s).</summary>
    /// <param name="k">[H × F].</param>
    /// <param name="q">[H × F].</param>
    /// <param name="gradient">[H × F] g.</param>
    /// <param name="tau">τ.</param>
    /// <param name="sums">[H × (F² + F)] S and s, added to.</param>
    /// <param name="headWidth">F.</param>
    /// <param name="y">[H × F], subtracted from.</param>
    public static void Write(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> gradient, float tau, Span<float> sums, int headWidth,
            Span<float> y)
    {
        if (Vector512.IsHardwareAccelerated && headWidth % Lanes512.Count == 0)
        {
            Write<Lanes512>(k, q, gradient, tau, sums, headWidth, y);
        }
        else if (Vector256.IsHardwareAccelerated
            && headWidth % Lanes256.Count == 0)
        {
            Write<Lanes256>(k, q, gradient, tau, sums, headWidth, y);
        }
        else if (Vector128.IsHardwareAccelerated
            && headWidth % Lanes128.Count == 0)
        {
            Write<Lanes128>(k, q, gradient, tau, sums, headWidth, y);
        }
        else
        {
            WriteScalar(k, q, gradient, tau, sums, headWidth, y);
        }
    }

    /// <summary>Heads of whole vectors; any others go to <see cref="WriteScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Write<TLanes>(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> gradient, float tau, Span<float> sums, int headWidth,
            Span<float> y)
        where TLanes : struct, ILanes<TLanes>
    {
        if (headWidth % TLanes.Count != 0)
        {
            WriteScalar(k, q, gradient, tau, sums, headWidth, y);
            return;
        }

        Require(k, q, sums, headWidth, gradient, y);
        var (F, P, count, end) = ((nuint)headWidth, (nuint)(headWidth * (headWidth + 1)), (nuint)TLanes.Count, (nuint)k.Length);
        var rows = new Rows(k, q, gradient, y);
        ref var S = ref MemoryMarshal.GetReference(sums);
        nuint at = 0;
        if (F == count)
        {
            for (; at + 4 * F <= end; at += 4 * F) WriteFour<TLanes>(rows.At(at, at), tau, ref Unsafe.Add(ref S, at / F * P), P, F, F);
        }

        for (; at < end; at += F)
        {
            nuint column = 0;
            ref var head = ref Unsafe.Add(ref S, at / F * P);
            for (; column + 4 * count <= F; column += 4 * count)
                WriteFour<TLanes>(rows.At(at, at + column), tau, ref Unsafe.Add(ref head, column), count, inputStep: 0, F);
            for (; column < F; column += count) WriteOne<TLanes>(rows.At(at, at + column), tau, ref Unsafe.Add(ref head, column), F);
        }
    }

    /// <summary>The oracle: inputs from left to right.</summary>
    internal static void WriteScalar(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> gradient, float tau, Span<float> sums, int headWidth,
            Span<float> y)
    {
        Require(k, q, sums, headWidth, gradient, y);
        for (var o = 0; o < y.Length; o++)
        {
            var (from, column) = (o - o % headWidth, o % headWidth);
            var head = sums.Slice(from * (headWidth + 1), headWidth * (headWidth + 1));
            ref var bias = ref head[headWidth * headWidth + column];
            bias += gradient[o];
            var read = bias;
            for (var f = 0; f < headWidth; f++)
            {
                head[f * headWidth + column] += k[from + f] * gradient[o];
                read += q[from + f] * head[f * headWidth + column];
            }

            y[o] -= tau * read;
        }
    }

    /// <summary>Four vectors, a step apart in the sums, of inputs that are an input step apart.</summary>
    [MethodImpl(Hot.Loop)]
    private static void WriteFour<TLanes>(Rows rows, float tau, ref float S, nuint step, nuint inputStep, nuint F)
        where TLanes : struct, ILanes<TLanes>
    {
        var count = (nuint)TLanes.Count;
        var (g0, g1) = (TLanes.Load(in rows.Z, 0), TLanes.Load(in rows.Z, count));
        var (g2, g3) = (TLanes.Load(in rows.Z, 2 * count), TLanes.Load(in rows.Z, 3 * count));
        ref var bias = ref Unsafe.Add(ref S, F * F);
        var (u0, u1) = (Add(g0, ref bias, 0), Add(g1, ref bias, step));
        var (u2, u3) = (Add(g2, ref bias, 2 * step), Add(g3, ref bias, 3 * step));
        ref var k = ref rows.K;
        ref var q = ref rows.Q;
        for (nuint f = 0; f < F; f++)
        {
            var sum = Add(g0, k, ref S, 0);
            u0 = TLanes.MultiplyAdd(TLanes.Broadcast(q), sum, u0);
            sum = Add(g1, Unsafe.Add(ref k, inputStep), ref S, step);
            u1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, inputStep)), sum, u1);
            sum = Add(g2, Unsafe.Add(ref k, 2 * inputStep), ref S, 2 * step);
            u2 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, 2 * inputStep)), sum, u2);
            sum = Add(g3, Unsafe.Add(ref k, 3 * inputStep), ref S, 3 * step);
            u3 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, 3 * inputStep)), sum, u3);
            S = ref Unsafe.Add(ref S, F);
            k = ref Unsafe.Add(ref k, 1);
            q = ref Unsafe.Add(ref q, 1);
        }

        var scale = TLanes.Broadcast(-tau);
        TLanes.Store(TLanes.MultiplyAdd(u0, scale, TLanes.Load(in rows.Y, 0)), ref rows.Y, 0);
        TLanes.Store(TLanes.MultiplyAdd(u1, scale, TLanes.Load(in rows.Y, count)), ref rows.Y, count);
        TLanes.Store(TLanes.MultiplyAdd(u2, scale, TLanes.Load(in rows.Y, 2 * count)), ref rows.Y, 2 * count);
        TLanes.Store(TLanes.MultiplyAdd(u3, scale, TLanes.Load(in rows.Y, 3 * count)), ref rows.Y, 3 * count);
    }

    [MethodImpl(Hot.Loop)]
    private static void WriteOne<TLanes>(Rows rows, float tau, ref float S, nuint F) where TLanes : struct, ILanes<TLanes>
    {
        var (g, u1) = (TLanes.Load(in rows.Z, 0), TLanes.Zero);
        var u0 = Add(g, ref S, F * F);
        for (nuint f = 0; f < F; f += 2)
        {
            var (even, odd) = (Add(g, Unsafe.Add(ref rows.K, f), ref S, f * F), Add(g, Unsafe.Add(ref rows.K, f + 1), ref S, (f + 1) * F));
            u0 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.Q, f)), even, u0);
            u1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.Q, f + 1)), odd, u1);
        }

        TLanes.Store(TLanes.MultiplyAdd(u0 + u1, TLanes.Broadcast(-tau), TLanes.Load(in rows.Y, 0)), ref rows.Y, 0);
    }

    /// <summary>Adds to a vector of the sums, which is then returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add<TLanes>(TLanes g, ref float S, nuint at) where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.Load(in S, at) + g;
        TLanes.Store(sum, ref S, at);
        return sum;
    }

    /// <summary>As the other, k times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add<TLanes>(TLanes g, float k, ref float S, nuint at) where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.MultiplyAdd(TLanes.Broadcast(k), g, TLanes.Load(in S, at));
        TLanes.Store(sum, ref S, at);
        return sum;
    }
}
