using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>A linear layer over the T rows of a sequence, and its gradients. T, I and O follow from the lengths.</summary>
internal static partial class MatrixProduct
{
    /// <summary>
    /// y = x Wᵀ + b. Row t equals <see cref="MatrixVector"/>'s result for that row to the bit: it is the same chain for every product
    /// (<see cref="RowProducts"/>), only that two rows of x share each load of W.
    /// </summary>
    /// <param name="x">[T × I].</param>
    /// <param name="weights">[O × I].</param>
    /// <param name="bias">[O], or empty: zero.</param>
    /// <param name="destination">[T × O], apart from the inputs.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public static void TimesTransposed(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> destination, bool accumulate = false)
    {
        var inputs = ProductShape.Of(x.Length, weights.Length, destination.Length).Inputs;
        if (Vector512.IsHardwareAccelerated && inputs >= Lanes512.Count) Run<Lanes512>(x, weights, bias, destination, accumulate);
        else if (Vector256.IsHardwareAccelerated && inputs >= Lanes256.Count) Run<Lanes256>(x, weights, bias, destination, accumulate);
        else if (Vector128.IsHardwareAccelerated && inputs >= Lanes128.Count) Run<Lanes128>(x, weights, bias, destination, accumulate);
        else Scalar(x, weights, bias, destination, accumulate);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> destination, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (steps, inputs, outputs) = ProductShape.Of(x.Length, weights.Length, destination.Length);
        if (inputs < TLanes.Count)
        {
            Scalar(x, weights, bias, destination, accumulate);
            return;
        }

        Shapes.RequireLengthOrNone(bias.Length, outputs);
        var (pairedSteps, tiledOutputs) = (steps & ~1, steps < 2 ? 0 : outputs & ~3);
        for (var o = 0; o < tiledOutputs; o += 4)
        {
            FourOutputs<TLanes>(
                x, weights.Slice(o * inputs, 4 * inputs), bias.IsEmpty ? [] : bias.Slice(o, 4),
                ref destination[o], pairedSteps, outputs, accumulate);
        }

        for (var t = 0; t < steps; t++)
        {
            var from = t < pairedSteps ? tiledOutputs : 0;
            RowProducts.Multiply<TLanes>(
                ref MemoryMarshal.GetReference(weights[(from * inputs)..]), (nuint)inputs, bias.IsEmpty ? [] : bias[from..],
                x.Slice(t * inputs, inputs), destination[(t * outputs + from)..((t + 1) * outputs)], accumulate);
        }
    }

    // Four rows of W stay in the first cache while the steps pass by.
    [MethodImpl(Hot.Loop)]
    private static void FourOutputs<TLanes>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ref float y, int steps, int outputs, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (inputs, hasBias) = (weights.Length / 4, !bias.IsEmpty);
        ref var W = ref MemoryMarshal.GetReference(weights);
        ref var b = ref MemoryMarshal.GetReference(bias);
        for (var t = 0; t < steps; t += 2)
        {
            var upper = new RowOperand<TLanes>(x.Slice(t * inputs, inputs));
            var lower = new RowOperand<TLanes>(x.Slice((t + 1) * inputs, inputs));
            ref var upperY = ref Unsafe.Add(ref y, t * outputs);
            ref var lowerY = ref Unsafe.Add(ref upperY, outputs);
            Tile(in upper, in lower, ref W, (nuint)inputs, ref b, hasBias, ref upperY, ref lowerY, accumulate);
        }
    }

    /// <summary>Four outputs of two steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TLanes>(
        in RowOperand<TLanes> upper, in RowOperand<TLanes> lower, ref float row, nuint stride, ref float bias, bool hasBias,
        ref float upperY, ref float lowerY, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (upper0, upper1, upper2, upper3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (lower0, lower1, lower2, lower3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint i = 0; i < upper.Whole; i += (nuint)TLanes.Count)
        {
            var (x0, x1) = (TLanes.Load(in upper.X, i), TLanes.Load(in lower.X, i));
            var w = TLanes.Load(in row, i);
            (upper0, lower0) = (TLanes.MultiplyAdd(w, x0, upper0), TLanes.MultiplyAdd(w, x1, lower0));
            w = TLanes.Load(in row, i + stride);
            (upper1, lower1) = (TLanes.MultiplyAdd(w, x0, upper1), TLanes.MultiplyAdd(w, x1, lower1));
            w = TLanes.Load(in row, i + 2 * stride);
            (upper2, lower2) = (TLanes.MultiplyAdd(w, x0, upper2), TLanes.MultiplyAdd(w, x1, lower2));
            w = TLanes.Load(in row, i + 3 * stride);
            (upper3, lower3) = (TLanes.MultiplyAdd(w, x0, upper3), TLanes.MultiplyAdd(w, x1, lower3));
        }

        if (upper.HasRest)
        {
            var (i, x0, x1) = (upper.Rest, upper.Last, lower.Last);
            var w = TLanes.Load(in row, i);
            (upper0, lower0) = (TLanes.MultiplyAdd(w, x0, upper0), TLanes.MultiplyAdd(w, x1, lower0));
            w = TLanes.Load(in row, i + stride);
            (upper1, lower1) = (TLanes.MultiplyAdd(w, x0, upper1), TLanes.MultiplyAdd(w, x1, lower1));
            w = TLanes.Load(in row, i + 2 * stride);
            (upper2, lower2) = (TLanes.MultiplyAdd(w, x0, upper2), TLanes.MultiplyAdd(w, x1, lower2));
            w = TLanes.Load(in row, i + 3 * stride);
            (upper3, lower3) = (TLanes.MultiplyAdd(w, x0, upper3), TLanes.MultiplyAdd(w, x1, lower3));
        }

        RowProducts.Store(TLanes.Sums(upper0, upper1, upper2, upper3), ref bias, hasBias, ref upperY, accumulate, at: 0);
        RowProducts.Store(TLanes.Sums(lower0, lower1, lower2, lower3), ref bias, hasBias, ref lowerY, accumulate, at: 0);
    }

    /// <summary>The oracle: row by row as <see cref="MatrixVector"/>'s.</summary>
    internal static void Scalar(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> destination, bool accumulate)
    {
        var (steps, inputs, outputs) = ProductShape.Of(x.Length, weights.Length, destination.Length);
        for (var t = 0; t < steps; t++)
            MatrixVector.Scalar(weights, bias, x.Slice(t * inputs, inputs), destination.Slice(t * outputs, outputs), accumulate);
    }
}
