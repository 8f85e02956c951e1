using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// The layer norm inside each head of a TTT layer, LN(z) = γ ẑ + β with ẑ = (z − μ) / σ, and the gradient of the inner loss
/// ½ ‖r‖², r = LN(z) − (v − k), through it (arXiv 2407.04620). The heads lie side by side. Where a head is one vector, four are done
/// together; sums run vector by vector from the left, then over the lanes.
/// </summary>
internal static partial class HeadNorm
{
    /// <summary>ε within σ, as in training.</summary>
    public const float Epsilon = 1e-6f;

    private const float LeastLoss = 1e-6f;  // so that its logarithm is finite

    /// <summary>y = x + γ ẑ + β.</summary>
    /// <param name="z">[H × F].</param>
    /// <param name="x">[H × F].</param>
    /// <param name="weights">γ and β.</param>
    /// <param name="headWidth">F.</param>
    /// <param name="destination">[H × F], may be <paramref name="z"/>.</param>
    public static void Answer(
        ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, int headWidth, Span<float> destination)
    {
        if (Vector512.IsHardwareAccelerated && headWidth % Lanes512.Count == 0)
        {
            Answer<Lanes512>(z, x, weights, headWidth, destination);
        }
        else if (Vector256.IsHardwareAccelerated
            && headWidth % Lanes256.Count == 0)
        {
            Answer<Lanes256>(z, x, weights, headWidth, destination);
        }
        else if (Vector128.IsHardwareAccelerated
            && headWidth % Lanes128.Count == 0)
        {
            Answer<Lanes128>(z, x, weights, headWidth, destination);
        }
        else
        {
            AnswerScalar(z, x, weights, headWidth, destination);
        }
    }

    /// <summary>Heads of whole vectors; any others go to <see cref="AnswerScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Answer<TLanes>(
        ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, int headWidth, Span<float> destination)
        where TLanes : struct, ILanes<TLanes>
    {
        if (headWidth % TLanes.Count != 0)
        {
            AnswerScalar(z, x, weights, headWidth, destination);
            return;
        }

        Require(z, x, weights, headWidth);
        Shapes.RequireLength(destination.Length, z.Length);
        var at = 0;
        var rows = new AnswerRows(z, x, weights, destination);
        if (headWidth == TLanes.Count)
        {
            for (; at + 4 * headWidth <= z.Length; at += 4 * headWidth) AnswerFour<TLanes>(rows, (nuint)at);
        }

        for (; at < z.Length; at += headWidth) AnswerOne<TLanes>(rows, (nuint)at, headWidth);
    }

    /// <summary>The oracle: from left to right.</summary>
    internal static void AnswerScalar(
        ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, int headWidth, Span<float> destination)
    {
        Require(z, x, weights, headWidth);
        Shapes.RequireLength(destination.Length, z.Length);
        for (var from = 0; from < z.Length; from += headWidth)
        {
            var (mean, scale) = Moment(z.Slice(from, headWidth));
            for (var i = from; i < from + headWidth; i++)
            {
                destination[i] =
                x[i] + weights.Beta[i] + (z[i] - mean) * scale * weights.Gamma[i];
            }
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void AnswerFour<TLanes>(in AnswerRows rows, nuint at) where TLanes : struct, ILanes<TLanes>
    {
        var n = (nuint)TLanes.Count;
        var (z0, z1) = (TLanes.Load(in rows.Z, at), TLanes.Load(in rows.Z, at + n));
        var (z2, z3) = (TLanes.Load(in rows.Z, at + 2 * n), TLanes.Load(in rows.Z, at + 3 * n));
        var mean = TLanes.Sums(z0, z1, z2, z3) / TLanes.Count;
        (z0, z1) = (z0 - TLanes.Broadcast(mean[0]), z1 - TLanes.Broadcast(mean[1]));
        (z2, z3) = (z2 - TLanes.Broadcast(mean[2]), z3 - TLanes.Broadcast(mean[3]));
        var scale = InverseDeviation(TLanes.Sums(z0 * z0, z1 * z1, z2 * z2, z3 * z3) / TLanes.Count);
        StoreAnswer(z0 * TLanes.Broadcast(scale[0]), rows, at);
        StoreAnswer(z1 * TLanes.Broadcast(scale[1]), rows, at + n);
        StoreAnswer(z2 * TLanes.Broadcast(scale[2]), rows, at + 2 * n);
        StoreAnswer(z3 * TLanes.Broadcast(scale[3]), rows, at + 3 * n);
    }

    [MethodImpl(Hot.Loop)]
    private static void AnswerOne<TLanes>(in AnswerRows rows, nuint at, int headWidth) where TLanes : struct, ILanes<TLanes>
    {
        ref var z = ref Unsafe.Add(ref rows.Z, at);
        var mean = Moments.Sum<TLanes>(in z, headWidth) / headWidth;
        var variance = Moments.SumOfSquares<TLanes>(in z, headWidth, mean) / headWidth;
        var (centre, scale) = (TLanes.Broadcast(mean), TLanes.Broadcast(1 / MathF.Sqrt(variance + Epsilon)));
        for (nuint i = 0; i < (nuint)headWidth; i += (nuint)TLanes.Count)
            StoreAnswer((TLanes.Load(in z, i) - centre) * scale, rows, at + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreAnswer<TLanes>(TLanes normed, in AnswerRows rows, nuint at) where TLanes : struct, ILanes<TLanes>
    {
        var y = TLanes.Load(in rows.X, at) + TLanes.Load(in rows.Beta, at);
        TLanes.Store(TLanes.MultiplyAdd(normed, TLanes.Load(in rows.Gamma, at), y), ref rows.Y, at);
    }

    private static Vector128<float> InverseDeviation(Vector128<float> variance) =>
        Vector128<float>.One / Vector128.Sqrt(variance + Vector128.Create(Epsilon));

    private static (float Mean, float Scale) Moment(ReadOnlySpan<float> z)
    {
        var (mean, variance) = (0f, 0f);
        foreach (var value in z) mean += value;
        mean /= z.Length;
        foreach (var value in z) variance += (value - mean) * (value - mean);
        return (mean, 1 / MathF.Sqrt(variance / z.Length + Epsilon));
    }

    private static void Require(ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, int headWidth)
    {
        Shapes.RequireAtLeast(headWidth, 1);
        Shapes.RequireLength(z.Length % headWidth, 0, "the rest of whole heads");
        Shapes.RequireLength(x.Length, z.Length);
        Shapes.RequireLength(weights.Gamma.Length, z.Length);
        Shapes.RequireLength(weights.Beta.Length, z.Length);
    }

    private readonly ref struct AnswerRows(ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, Span<float> y)
    {
        public readonly ref float Z = ref MemoryMarshal.GetReference(z);
        public readonly ref float X = ref MemoryMarshal.GetReference(x);
        public readonly ref float Gamma = ref MemoryMarshal.GetReference(weights.Gamma);
        public readonly ref float Beta = ref MemoryMarshal.GetReference(weights.Beta);
        public readonly ref float Y = ref MemoryMarshal.GetReference(y);
    }
}
