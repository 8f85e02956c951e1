using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

// The gradients of y = x Wᵀ + b. StridedProduct tells the order of the sums.
internal static partial class MatrixProduct
{
    /// <summary>dx = dy W: the gradient of a linear layer's input.</summary>
    /// <param name="dy">[T × O].</param>
    /// <param name="weights">[O × I].</param>
    /// <param name="dx">[T × I], apart from the inputs.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public static void Times(ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, bool accumulate = false)
    {
        var inputs = ProductShape.Of(dx.Length, weights.Length, dy.Length).Inputs;
        if (Vector512.IsHardwareAccelerated && inputs >= Lanes512.Count) Times<Lanes512>(dy, weights, dx, accumulate);
        else if (Vector256.IsHardwareAccelerated && inputs >= Lanes256.Count) Times<Lanes256>(dy, weights, dx, accumulate);
        else if (Vector128.IsHardwareAccelerated && inputs >= Lanes128.Count) Times<Lanes128>(dy, weights, dx, accumulate);
        else TimesScalar(dy, weights, dx, accumulate);
    }

    /// <summary>dW += dyᵀ x: the gradient of a linear layer's weights.</summary>
    /// <param name="dy">[T × O].</param>
    /// <param name="x">[T × I].</param>
    /// <param name="dw">[O × I], apart from the inputs.</param>
    public static void AddOuter(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, Span<float> dw)
    {
        var inputs = ProductShape.Of(x.Length, dw.Length, dy.Length).Inputs;
        if (Vector512.IsHardwareAccelerated && inputs >= Lanes512.Count) AddOuter<Lanes512>(dy, x, dw);
        else if (Vector256.IsHardwareAccelerated && inputs >= Lanes256.Count) AddOuter<Lanes256>(dy, x, dw);
        else if (Vector128.IsHardwareAccelerated && inputs >= Lanes128.Count) AddOuter<Lanes128>(dy, x, dw);
        else AddOuterScalar(dy, x, dw);
    }

    /// <summary>db += Σₜ dy[t], step by step: the gradient of a linear layer's bias.</summary>
    /// <param name="dy">[T × O].</param>
    /// <param name="db">[O].</param>
    public static void AddRows(ReadOnlySpan<float> dy, Span<float> db)
    {
        var steps = db.IsEmpty ? 0 : dy.Length / db.Length;
        Shapes.RequireLength(dy.Length, (long)steps * db.Length);
        for (var t = 0; t < steps; t++) TensorPrimitives.Add(db, dy.Slice(t * db.Length, db.Length), db);
    }

    internal static void Times<TLanes>(ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        var (steps, inputs, outputs) = ProductShape.Of(dx.Length, weights.Length, dy.Length);
        if (inputs < TLanes.Count)
        {
            TimesScalar(dy, weights, dx, accumulate);
            return;
        }

        if (steps > 0) StridedProduct.Multiply<TLanes>(dy, outputs, 1, weights, dx, inputs, accumulate);
    }

    internal static void AddOuter<TLanes>(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, Span<float> dw)
        where TLanes : struct, ILanes<TLanes>
    {
        var (steps, inputs, outputs) = ProductShape.Of(x.Length, dw.Length, dy.Length);
        if (inputs < TLanes.Count)
        {
            AddOuterScalar(dy, x, dw);
            return;
        }

        if (steps > 0) StridedProduct.Multiply<TLanes>(dy, 1, outputs, x, dw, inputs, accumulate: true);
    }

    /// <summary>The oracle: outputs from left to right.</summary>
    internal static void TimesScalar(ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, bool accumulate)
    {
        var (steps, inputs, outputs) = ProductShape.Of(dx.Length, weights.Length, dy.Length);
        for (var t = 0; t < steps; t++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0f;
                for (var o = 0; o < outputs; o++) sum += dy[t * outputs + o] * weights[o * inputs + i];
                dx[t * inputs + i] = accumulate ? dx[t * inputs + i] + sum : sum;
            }
        }
    }

    /// <summary>The oracle: steps in order.</summary>
    internal static void AddOuterScalar(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, Span<float> dw)
    {
        var (steps, inputs, outputs) = ProductShape.Of(x.Length, dw.Length, dy.Length);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0f;
                for (var t = 0; t < steps; t++) sum += dy[t * outputs + o] * x[t * inputs + i];
                dw[o * inputs + i] += sum;
            }
        }
    }
}
