using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Σₜ w[t] · rows[t], columns side by side. A block of four vectors adds its rows in order; a vector outside such a block keeps four
/// chains, row t in chain t mod 4 and the rows that fill no four in the first, and adds them as (0 + 2) + (1 + 3).
/// </summary>
internal static class WeightedRows
{
    /// <param name="weights">[T] with <paramref name="weightStride"/> floats from one to the next.</param>
    /// <param name="weightStride">1 for a row of weights, more for a column of a matrix.</param>
    /// <param name="rows">[T × n] with <paramref name="stride"/> floats from row to row.</param>
    /// <param name="stride">At least n.</param>
    /// <param name="count">T.</param>
    /// <param name="destination">[n], n at least a vector.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    [MethodImpl(Hot.Loop)]
    public static void Sum<TLanes>(
        ref readonly float weights, nuint weightStride, ref readonly float rows, nuint stride, nuint count,
        Span<float> destination, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var y = ref MemoryMarshal.GetReference(destination);
        var (width, length, column) = ((nuint)TLanes.Count, (nuint)destination.Length, (nuint)0);
        // The last vector reaches back over the one before it, so what it adds to is read before anything is written.
        var last = length - width;
        var before = TLanes.Load(in y, last);
        for (; column + 4 * width <= length; column += 4 * width)
            FourVectors<TLanes>(in weights, weightStride, in Column(in rows, column), stride, count, ref y, accumulate, column);
        for (; column + width <= length; column += width)
        {
            var sum = OneVector<TLanes>(in weights, weightStride, in Column(in rows, column), stride, count);
            TLanes.Store(accumulate ? TLanes.Load(in y, column) + sum : sum, ref y, column);
        }

        if (column == length) return;
        var rest = OneVector<TLanes>(in weights, weightStride, in Column(in rows, last), stride, count);
        TLanes.Store(accumulate ? before + rest : rest, ref y, last);
    }

    [MethodImpl(Hot.Loop)]
    private static void FourVectors<TLanes>(
        ref readonly float weights, nuint weightStride, ref readonly float rows, nuint stride, nuint count,
        ref float destination, bool accumulate, nuint at)
        where TLanes : struct, ILanes<TLanes>
    {
        var width = (nuint)TLanes.Count;
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        ref var weight = ref Unsafe.AsRef(in weights);
        ref var row = ref Unsafe.AsRef(in rows);
        for (nuint t = 0; t < count; t++)
        {
            var w = TLanes.Broadcast(weight);
            sum0 = TLanes.MultiplyAdd(w, TLanes.Load(in row, 0), sum0);
            sum1 = TLanes.MultiplyAdd(w, TLanes.Load(in row, width), sum1);
            sum2 = TLanes.MultiplyAdd(w, TLanes.Load(in row, 2 * width), sum2);
            sum3 = TLanes.MultiplyAdd(w, TLanes.Load(in row, 3 * width), sum3);
            weight = ref Unsafe.Add(ref weight, weightStride);
            row = ref Unsafe.Add(ref row, stride);
        }

        if (accumulate)
        {
            sum0 += TLanes.Load(in destination, at);
            sum1 += TLanes.Load(in destination, at + width);
            sum2 += TLanes.Load(in destination, at + 2 * width);
            sum3 += TLanes.Load(in destination, at + 3 * width);
        }

        TLanes.Store(sum0, ref destination, at);
        TLanes.Store(sum1, ref destination, at + width);
        TLanes.Store(sum2, ref destination, at + 2 * width);
        TLanes.Store(sum3, ref destination, at + 3 * width);
    }

    [MethodImpl(Hot.Loop)]
    private static TLanes OneVector<TLanes>(
        ref readonly float weights, nuint weightStride, ref readonly float rows, nuint stride, nuint count)
        where TLanes : struct, ILanes<TLanes>
    {
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        ref var weight = ref Unsafe.AsRef(in weights);
        ref var row = ref Unsafe.AsRef(in rows);
        var t = count;
        for (; t >= 4; t -= 4)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.Broadcast(weight), TLanes.Load(in row, 0), sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref weight, weightStride)), TLanes.Load(in row, stride), sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref weight, 2 * weightStride)), TLanes.Load(in row, 2 * stride), sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref weight, 3 * weightStride)), TLanes.Load(in row, 3 * stride), sum3);
            weight = ref Unsafe.Add(ref weight, 4 * weightStride);
            row = ref Unsafe.Add(ref row, 4 * stride);
        }

        for (; t > 0; t--)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.Broadcast(weight), TLanes.Load(in row, 0), sum0);
            weight = ref Unsafe.Add(ref weight, weightStride);
            row = ref Unsafe.Add(ref row, stride);
        }

        return (sum0 + sum2) + (sum1 + sum3);
    }

    private static ref readonly float Column(ref readonly float rows, nuint column) => ref Unsafe.Add(ref Unsafe.AsRef(in rows), column);
}
