using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>y = W x + b. The bias is added to the finished product; see <see cref="RowProducts"/> for the order within it.</summary>
internal static class MatrixVector
{
    /// <summary>y = W x + b.</summary>
    /// <param name="weights">[O × I] row-major.</param>
    /// <param name="bias">[O], or empty: zero.</param>
    /// <param name="x">[I].</param>
    /// <param name="destination">[O], apart from the inputs.</param>
    public static void Multiply(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination) =>
        Dispatch(weights, bias, x, destination, accumulate: false);

    /// <summary>y += W x + b.</summary>
    /// <param name="weights">[O × I] row-major.</param>
    /// <param name="bias">[O], or empty: zero.</param>
    /// <param name="x">[I].</param>
    /// <param name="destination">[O], apart from the inputs.</param>
    public static void Accumulate(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination) =>
        Dispatch(weights, bias, x, destination, accumulate: true);

    private static void Dispatch(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated && x.Length >= Lanes512.Count) Run<Lanes512>(weights, bias, x, destination, accumulate);
        else if (Vector256.IsHardwareAccelerated && x.Length >= Lanes256.Count) Run<Lanes256>(weights, bias, x, destination, accumulate);
        else if (Vector128.IsHardwareAccelerated && x.Length >= Lanes128.Count) Run<Lanes128>(weights, bias, x, destination, accumulate);
        else Scalar(weights, bias, x, destination, accumulate);
    }

    internal static void Run<TLanes>(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        if (x.Length < TLanes.Count)
        {
            Scalar(weights, bias, x, destination, accumulate);
            return;
        }

        Require(weights, bias, x, destination);
        ref var W = ref MemoryMarshal.GetReference(weights);
        RowProducts.Multiply<TLanes>(ref W, (nuint)x.Length, bias, x, destination, accumulate);
    }

    /// <summary>The oracle: inputs from left to right.</summary>
    internal static void Scalar(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination, bool accumulate)
    {
        Require(weights, bias, x, destination);
        for (var o = 0; o < destination.Length; o++)
        {
            var row = weights.Slice(o * x.Length, x.Length);
            var sum = 0f;
            for (var i = 0; i < x.Length; i++) sum += row[i] * x[i];
            if (!bias.IsEmpty) sum += bias[o];
            destination[o] = accumulate ? sum + destination[o] : sum;
        }
    }

    private static void Require(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination)
    {
        Shapes.RequireLength(weights.Length, (long)destination.Length * x.Length);
        Shapes.RequireLengthOrNone(bias.Length, destination.Length);
    }
}
