using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Learning.Layers;

/// <summary>The gradient of <see cref="RecurrentSteps"/>, last step to first.</summary>
internal static class RecurrentGradient
{
    /// <param name="shape">B, T, H.</param>
    /// <param name="weight">[3 H, H] U.</param>
    /// <param name="states">[B, T, H].</param>
    /// <param name="gates">[B, T, 4 H] r, z, n, u_n.</param>
    /// <param name="gradient">[B, T, H] that reaches the states from outside.</param>
    /// <param name="events">Receives what reaches a, [B, T, 3 H].</param>
    /// <param name="products">Receives what reaches u, [B, T, 3 H].</param>
    public static void Run(
        RecurrentShape shape, ReadOnlySpan<float> weight, ReadOnlySpan<float> states, ReadOnlySpan<float> gates,
        ReadOnlySpan<float> gradient, Span<float> events, Span<float> products)
    {
        var (rows, H) = (shape.Rows, shape.Hidden);
        var (carried, u, start) = (new float[rows * H], new float[rows * 3 * H], new float[H]);
        for (var t = shape.Steps - 1; t >= 0; t--)
        {
            for (var row = 0; row < rows; row++)
            {
                var at = row * shape.Steps + t;
                var before = t == 0 ? start : states.Slice((at - 1) * H, H);
                var own = u.AsSpan(row * 3 * H, 3 * H);
                Step(
                    gates.Slice(at * 4 * H, 4 * H), before, gradient.Slice(at * H, H), carried.AsSpan(row * H, H),
                    events.Slice(at * 3 * H, 3 * H), own);
                own.CopyTo(products[(at * 3 * H)..]);
            }

            SmallProducts<float>.Add(carried, u, 3 * H, 1, weight, rows, 3 * H, H);
        }
    }

    /// <param name="gates">[4 H] r, z, n, u_n.</param>
    /// <param name="before">[H] the state before.</param>
    /// <param name="gradient">[H] from outside.</param>
    /// <param name="carried">[H] in: from the step after; out: past this step, but for what goes through u.</param>
    /// <param name="events">[3 H] receives what reaches a.</param>
    /// <param name="products">[3 H] receives what reaches u.</param>
    private static void Step(
        ReadOnlySpan<float> gates, ReadOnlySpan<float> before, ReadOnlySpan<float> gradient, Span<float> carried, Span<float> events,
        Span<float> products)
    {
        var (H, one) = ((nuint)carried.Length, Vector256<float>.One);
        ref var gate = ref MemoryMarshal.GetReference(gates);
        ref var past = ref MemoryMarshal.GetReference(before);
        ref var outside = ref MemoryMarshal.GetReference(gradient);
        ref var state = ref MemoryMarshal.GetReference(carried);
        ref var a = ref MemoryMarshal.GetReference(events);
        ref var u = ref MemoryMarshal.GetReference(products);
        for (nuint i = 0; i < H; i += (nuint)Vector256<float>.Count)
        {
            var (r, z) = (Vector256.LoadUnsafe(ref gate, i), Vector256.LoadUnsafe(ref gate, H + i));
            var (n, un) = (Vector256.LoadUnsafe(ref gate, 2 * H + i), Vector256.LoadUnsafe(ref gate, 3 * H + i));
            var dh = Vector256.LoadUnsafe(ref state, i) + Vector256.LoadUnsafe(ref outside, i);
            var dn = dh * (one - z) * (one - n * n);
            var dr = dn * un * r * (one - r);
            var dz = dh * (Vector256.LoadUnsafe(ref past, i) - n) * z * (one - z);
            (dh * z).StoreUnsafe(ref state, i);
            dr.StoreUnsafe(ref a, i);
            dz.StoreUnsafe(ref a, H + i);
            dn.StoreUnsafe(ref a, 2 * H + i);
            dr.StoreUnsafe(ref u, i);
            dz.StoreUnsafe(ref u, H + i);
            (dn * r).StoreUnsafe(ref u, 2 * H + i);
        }
    }
}
