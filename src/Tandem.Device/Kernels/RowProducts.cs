using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Products of a matrix's rows with a vector. Every product is one chain: whole vectors from the left, then the rest that fills none,
/// then the sum of the lanes, then the bias. It is the same chain wherever the row stands and whatever is computed beside it.
/// </summary>
internal static class RowProducts
{
    /// <param name="rows">[N × n] with <paramref name="stride"/> floats from row to row.</param>
    /// <param name="stride">At least n.</param>
    /// <param name="bias">[N] or empty.</param>
    /// <param name="x">[n], n at least a vector.</param>
    /// <param name="destination">[N].</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    [MethodImpl(Hot.Loop)]
    public static void Multiply<TLanes>(
        ref readonly float rows, nuint stride, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var operand = new RowOperand<TLanes>(x);
        ref var first = ref Unsafe.AsRef(in rows);
        ref var y = ref MemoryMarshal.GetReference(destination);
        ref var b = ref MemoryMarshal.GetReference(bias);
        var (hasBias, count) = (!bias.IsEmpty, (nuint)destination.Length);
        nuint row = 0;
        for (; row + 8 <= count; row += 8)
            Eight(in Unsafe.Add(ref first, row * stride), stride, in operand, ref b, hasBias, ref y, accumulate, row);
        for (; row + 4 <= count; row += 4)
            Four(in Unsafe.Add(ref first, row * stride), stride, in operand, ref b, hasBias, ref y, accumulate, row);
        for (; row < count; row++)
        {
            var sum = One(in Unsafe.Add(ref first, row * stride), in operand);
            if (hasBias) sum += Unsafe.Add(ref b, row);
            Unsafe.Add(ref y, row) = accumulate ? sum + Unsafe.Add(ref y, row) : sum;
        }
    }

    /// <summary>Four products with bias into four places from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> sums, ref float bias, bool hasBias, ref float destination, bool accumulate, nuint at)
    {
        if (hasBias) sums += Vector128.LoadUnsafe(ref bias, at);
        if (accumulate) sums += Vector128.LoadUnsafe(ref destination, at);
        sums.StoreUnsafe(ref destination, at);
    }

    // Eight chains keep two multiply-add units busy; four would wait for their own results.
    [MethodImpl(Hot.Loop)]
    private static void Eight<TLanes>(
        ref readonly float rows, nuint stride, in RowOperand<TLanes> operand,
        ref float bias, bool hasBias, ref float destination, bool accumulate, nuint at)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var row0 = ref Unsafe.AsRef(in rows);
        ref var row4 = ref Unsafe.Add(ref row0, 4 * stride);
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (sum4, sum5, sum6, sum7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint i = 0; i < operand.Whole; i += (nuint)TLanes.Count)
        {
            var x = TLanes.Load(in operand.X, i);
            sum0 = TLanes.MultiplyAdd(TLanes.Load(in row0, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + stride), x, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + 2 * stride), x, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + 3 * stride), x, sum3);
            sum4 = TLanes.MultiplyAdd(TLanes.Load(in row4, i), x, sum4);
            sum5 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + stride), x, sum5);
            sum6 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + 2 * stride), x, sum6);
            sum7 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + 3 * stride), x, sum7);
        }

        if (operand.HasRest)
        {
            var (i, x) = (operand.Rest, operand.Last);
            sum0 = TLanes.MultiplyAdd(TLanes.Load(in row0, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + stride), x, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + 2 * stride), x, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Load(in row0, i + 3 * stride), x, sum3);
            sum4 = TLanes.MultiplyAdd(TLanes.Load(in row4, i), x, sum4);
            sum5 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + stride), x, sum5);
            sum6 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + 2 * stride), x, sum6);
            sum7 = TLanes.MultiplyAdd(TLanes.Load(in row4, i + 3 * stride), x, sum7);
        }

        Store(TLanes.Sums(sum0, sum1, sum2, sum3), ref bias, hasBias, ref destination, accumulate, at);
        Store(TLanes.Sums(sum4, sum5, sum6, sum7), ref bias, hasBias, ref destination, accumulate, at + 4);
    }

    [MethodImpl(Hot.Loop)]
    private static void Four<TLanes>(
        ref readonly float rows, nuint stride, in RowOperand<TLanes> operand,
        ref float bias, bool hasBias, ref float destination, bool accumulate, nuint at)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var row = ref Unsafe.AsRef(in rows);
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint i = 0; i < operand.Whole; i += (nuint)TLanes.Count)
        {
            var x = TLanes.Load(in operand.X, i);
            sum0 = TLanes.MultiplyAdd(TLanes.Load(in row, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Load(in row, i + stride), x, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Load(in row, i + 2 * stride), x, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Load(in row, i + 3 * stride), x, sum3);
        }

        if (operand.HasRest)
        {
            var (i, x) = (operand.Rest, operand.Last);
            sum0 = TLanes.MultiplyAdd(TLanes.Load(in row, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Load(in row, i + stride), x, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Load(in row, i + 2 * stride), x, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Load(in row, i + 3 * stride), x, sum3);
        }

        Store(TLanes.Sums(sum0, sum1, sum2, sum3), ref bias, hasBias, ref destination, accumulate, at);
    }

    /// <summary>One row's product, without bias.</summary>
    [MethodImpl(Hot.Loop)]
    public static float One<TLanes>(ref readonly float row, in RowOperand<TLanes> operand) where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.Zero;
        for (nuint i = 0; i < operand.Whole; i += (nuint)TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(in row, i), TLanes.Load(in operand.X, i), sum);
        if (operand.HasRest) sum = TLanes.MultiplyAdd(TLanes.Load(in row, operand.Rest), operand.Last, sum);
        return TLanes.Sum(sum);
    }
}
