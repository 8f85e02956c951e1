using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// C = A B for an A that is read along its rows or along its columns. Four rows of C are made together, two vectors at a time, each
/// number a chain over K in order; rows beyond the last four follow <see cref="WeightedRows"/>.
/// </summary>
internal static class StridedProduct
{
    /// <param name="a">[M × K], its number (m, k) at m · <paramref name="down"/> + k · <paramref name="across"/>.</param>
    /// <param name="down">Floats from one row of A to the next.</param>
    /// <param name="across">Floats from one column of A to the next.</param>
    /// <param name="b">[K × N].</param>
    /// <param name="c">[M × N].</param>
    /// <param name="width">N, at least a vector.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    [MethodImpl(Hot.Loop)]
    public static void Multiply<TLanes>(
        ReadOnlySpan<float> a, int down, int across, ReadOnlySpan<float> b, Span<float> c, int width, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var A = ref MemoryMarshal.GetReference(a);
        ref var B = ref MemoryMarshal.GetReference(b);
        var (M, K) = (c.Length / width, (nuint)(b.Length / width));
        var m = 0;
        for (; m + 4 <= M; m += 4)
        {
            ref var rows = ref Unsafe.Add(ref A, m * down);
            FourRows<TLanes>(ref rows, (nuint)down, (nuint)across, ref B, K, ref c[m * width], (nuint)width, accumulate);
        }

        for (; m < M; m++)
        {
            ref var row = ref Unsafe.Add(ref A, m * down);
            WeightedRows.Sum<TLanes>(ref row, (nuint)across, ref B, (nuint)width, K, c.Slice(m * width, width), accumulate);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void FourRows<TLanes>(
        ref float a, nuint down, nuint across, ref float b, nuint K, ref float c, nuint width, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (count, column) = ((nuint)TLanes.Count, (nuint)0);
        for (; column + 2 * count <= width; column += 2 * count)
            TwoVectors<TLanes>(ref a, down, across, ref Unsafe.Add(ref b, column), K, ref Unsafe.Add(ref c, column), width, accumulate);
        for (; column < width; column += count)
        {
            // The last vector reaches back over numbers that are finished: they gain nothing more.
            var start = nuint.Min(column, width - count);
            var fresh = TLanes.Count - (int)(column - start);
            ref var from = ref Unsafe.Add(ref b, start);
            OneVector<TLanes>(ref a, down, across, ref from, K, ref Unsafe.Add(ref c, start), width, accumulate, fresh);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void TwoVectors<TLanes>(
        ref float a, nuint down, nuint across, ref float b, nuint K, ref float c, nuint width, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (c00, c10, c20, c30) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (c01, c11, c21, c31) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint k = 0; k < K; k++)
        {
            var (b0, b1) = (TLanes.Load(in b, 0), TLanes.Load(in b, (nuint)TLanes.Count));
            var weight = TLanes.Broadcast(a);
            (c00, c01) = (TLanes.MultiplyAdd(weight, b0, c00), TLanes.MultiplyAdd(weight, b1, c01));
            weight = TLanes.Broadcast(Unsafe.Add(ref a, down));
            (c10, c11) = (TLanes.MultiplyAdd(weight, b0, c10), TLanes.MultiplyAdd(weight, b1, c11));
            weight = TLanes.Broadcast(Unsafe.Add(ref a, 2 * down));
            (c20, c21) = (TLanes.MultiplyAdd(weight, b0, c20), TLanes.MultiplyAdd(weight, b1, c21));
            weight = TLanes.Broadcast(Unsafe.Add(ref a, 3 * down));
            (c30, c31) = (TLanes.MultiplyAdd(weight, b0, c30), TLanes.MultiplyAdd(weight, b1, c31));
            a = ref Unsafe.Add(ref a, across);
            b = ref Unsafe.Add(ref b, width);
        }

        Store(c00, ref c, 0, accumulate);
        Store(c01, ref c, (nuint)TLanes.Count, accumulate);
        Store(c10, ref c, width, accumulate);
        Store(c11, ref c, width + (nuint)TLanes.Count, accumulate);
        Store(c20, ref c, 2 * width, accumulate);
        Store(c21, ref c, 2 * width + (nuint)TLanes.Count, accumulate);
        Store(c30, ref c, 3 * width, accumulate);
        Store(c31, ref c, 3 * width + (nuint)TLanes.Count, accumulate);
    }

    [MethodImpl(Hot.Loop)]
    private static void OneVector<TLanes>(
        ref float a, nuint down, nuint across, ref float b, nuint K, ref float c, nuint width, bool accumulate, int fresh)
        where TLanes : struct, ILanes<TLanes>
    {
        var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint k = 0; k < K; k++)
        {
            var row = TLanes.Load(in b, 0);
            c0 = TLanes.MultiplyAdd(TLanes.Broadcast(a), row, c0);
            c1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref a, down)), row, c1);
            c2 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref a, 2 * down)), row, c2);
            c3 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref a, 3 * down)), row, c3);
            a = ref Unsafe.Add(ref a, across);
            b = ref Unsafe.Add(ref b, width);
        }

        Store(accumulate ? TLanes.KeepLast(c0, fresh) : c0, ref c, 0, accumulate);
        Store(accumulate ? TLanes.KeepLast(c1, fresh) : c1, ref c, width, accumulate);
        Store(accumulate ? TLanes.KeepLast(c2, fresh) : c2, ref c, 2 * width, accumulate);
        Store(accumulate ? TLanes.KeepLast(c3, fresh) : c3, ref c, 3 * width, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes sum, ref float c, nuint at, bool accumulate) where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(accumulate ? TLanes.Load(in c, at) + sum : sum, ref c, at);
}
