using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Attention of one query in one head. Keys and values are rows of stride floats, seen from the head's first column on: slices of
/// [T × D]. <see cref="RowProducts"/> and <see cref="WeightedRows"/> tell the order of the sums.
/// </summary>
internal static class Attention
{
    /// <summary>softmax(scale · q Kᵀ) V, for logits of any size.</summary>
    /// <param name="query">[F].</param>
    /// <param name="keys">[T × stride], the last row needs but F.</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="stride">Floats from row to row, at least F.</param>
    /// <param name="scale">1 / √F as a rule; not negative.</param>
    /// <param name="weights">[T] receives the softmax.</param>
    /// <param name="destination">[F], apart from the inputs.</param>
    public static void Attend(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps, int stride, float scale,
        Span<float> weights, Span<float> destination)
    {
        Score(query, keys, steps, stride, [], weights);
        Softmax.Apply(weights[..steps], weights[..steps], scale);
        Mix(weights, values, steps, stride, destination);
    }

    /// <summary>factor · Σₜ silu(q · kₜ + biasₜ) vₜ: HSTU's pointwise attention (arXiv 2402.17152, equation 3).</summary>
    /// <param name="query">[E].</param>
    /// <param name="keys">[T × keyStride], the last row needs but E.</param>
    /// <param name="values">[T × valueStride], the last row needs but F.</param>
    /// <param name="steps">T.</param>
    /// <param name="keyStride">At least E.</param>
    /// <param name="valueStride">At least F.</param>
    /// <param name="bias">[T], or empty: zero.</param>
    /// <param name="factor">1 / the window's length, as a rule.</param>
    /// <param name="weights">[T] receives silu(…).</param>
    /// <param name="destination">[F], apart from the inputs.</param>
    public static void AttendSilu(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps, int keyStride, int valueStride,
        ReadOnlySpan<float> bias, float factor, Span<float> weights, Span<float> destination)
    {
        Score(query, keys, steps, keyStride, bias, weights);
        Activations.Silu(weights[..steps], weights[..steps]);
        Mix(weights, values, steps, valueStride, destination);
        TensorPrimitives.Multiply(destination, factor, destination);
    }

    /// <summary>weights[t] = q · kₜ + biasₜ.</summary>
    internal static void Score(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int steps, int stride, ReadOnlySpan<float> bias, Span<float> weights)
    {
        if (Vector512.IsHardwareAccelerated && query.Length >= Lanes512.Count)
            Score<Lanes512>(query, keys, steps, stride, bias, weights);
        else if (Vector256.IsHardwareAccelerated && query.Length >= Lanes256.Count)
            Score<Lanes256>(query, keys, steps, stride, bias, weights);
        else if (Vector128.IsHardwareAccelerated && query.Length >= Lanes128.Count)
            Score<Lanes128>(query, keys, steps, stride, bias, weights);
        else
            ScoreScalar(query, keys, steps, stride, bias, weights);
    }

    internal static void Score<TLanes>(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int steps, int stride, ReadOnlySpan<float> bias, Span<float> weights)
        where TLanes : struct, ILanes<TLanes>
    {
        if (query.Length < TLanes.Count)
        {
            ScoreScalar(query, keys, steps, stride, bias, weights);
            return;
        }

        RequireRows(keys, steps, stride, query.Length);
        Shapes.RequireLengthOrNone(bias.Length, steps);
        ref var rows = ref MemoryMarshal.GetReference(keys);
        RowProducts.Multiply<TLanes>(ref rows, (nuint)stride, bias, query, weights[..steps], accumulate: false);
    }

    internal static void ScoreScalar(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int steps, int stride, ReadOnlySpan<float> bias, Span<float> weights)
    {
        RequireRows(keys, steps, stride, query.Length);
        for (var t = 0; t < steps; t++)
        {
            var product = 0f;
            for (var i = 0; i < query.Length; i++) product += query[i] * keys[t * stride + i];
            weights[t] = bias.IsEmpty ? product : product + bias[t];
        }
    }

    /// <summary>Σₜ weights[t] · vₜ.</summary>
    internal static void Mix(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, int steps, int stride, Span<float> destination)
    {
        // Four short vectors side by side are faster than two long ones: measured on Zen 4 with F = 32.
        if (Vector512.IsHardwareAccelerated && destination.Length >= 4 * Lanes512.Count)
            Mix<Lanes512>(weights, values, steps, stride, destination);
        else if (Vector256.IsHardwareAccelerated && destination.Length >= Lanes256.Count)
            Mix<Lanes256>(weights, values, steps, stride, destination);
        else if (Vector128.IsHardwareAccelerated && destination.Length >= Lanes128.Count)
            Mix<Lanes128>(weights, values, steps, stride, destination);
        else
            MixScalar(weights, values, steps, stride, destination);
    }

    internal static void Mix<TLanes>(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> values, int steps, int stride, Span<float> destination)
        where TLanes : struct, ILanes<TLanes>
    {
        if (destination.Length < TLanes.Count)
        {
            MixScalar(weights, values, steps, stride, destination);
            return;
        }

        RequireRows(values, steps, stride, destination.Length);
        Shapes.RequireAtLeast(weights.Length, steps);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var rows = ref MemoryMarshal.GetReference(values);
        WeightedRows.Sum<TLanes>(ref w, 1, ref rows, (nuint)stride, (nuint)steps, destination, accumulate: false);
    }

    internal static void MixScalar(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, int steps, int stride, Span<float> destination)
    {
        RequireRows(values, steps, stride, destination.Length);
        for (var i = 0; i < destination.Length; i++)
        {
            var sum = 0f;
            for (var t = 0; t < steps; t++) sum += weights[t] * values[t * stride + i];
            destination[i] = sum;
        }
    }

    private static void RequireRows(ReadOnlySpan<float> rows, int steps, int stride, int width)
    {
        Shapes.RequireAtLeast(stride, width);
        Shapes.RequireAtLeast(rows.Length, steps == 0 ? 0 : (steps - 1L) * stride + width);
        Shapes.RequireAtLeast(steps, 0);
    }
}
