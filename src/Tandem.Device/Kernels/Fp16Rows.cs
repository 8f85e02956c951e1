using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Scores of items whose rows are finite fp16. .NET has no instruction that widens fp16, and doing it in full costs more than the product.
/// So a number's bits are only moved to their places in a float32, which is the number over 2¹¹², and the query is multiplied by 2¹¹² once.
/// Both are exact, so the products, and with them the scores, are the same bits as those of widened numbers.
/// </summary>
internal static class Fp16Rows
{
    private const float Raising = 5.1922969e33f;    // 2¹¹²
    private const float LeastThatOverflows = 65_536;

    /// <summary>Multiplies a query by 2¹¹².</summary>
    /// <param name="query">[D].</param>
    /// <param name="destination">[D].</param>
    /// <returns>False where a number is 65,536 or more in magnitude or none at all: rows are then to be widened in full.</returns>
    public static bool TryRaise(ReadOnlySpan<float> query, Span<float> destination)
    {
        if (query.IsEmpty || !(MathF.Abs(TensorPrimitives.MaxMagnitude(query)) < LeastThatOverflows)) return false;
        TensorPrimitives.Multiply(query, Raising, destination);
        return true;
    }

    /// <summary>Scores of rows that follow each other.</summary>
    /// <param name="rows">[N × D], finite.</param>
    /// <param name="query">[D].</param>
    /// <param name="isRaised">Whether the query is that of <see cref="TryRaise"/>.</param>
    /// <param name="scores">[N].</param>
    public static void Score(ReadOnlySpan<Half> rows, ReadOnlySpan<float> query, bool isRaised, Span<float> scores)
    {
        if (isRaised) Score<LoweredHalfFormat>(rows, query, scores);
        else Score<HalfFormat>(rows, query, scores);
    }

    /// <summary>Scores of some rows of a table, each the same bits as by <see cref="Score"/>.</summary>
    /// <param name="rows">[V × D], finite.</param>
    /// <param name="indices">[N] rows, each in 0 … V − 1, in any order.</param>
    /// <param name="query">[D].</param>
    /// <param name="isRaised">Whether the query is that of <see cref="TryRaise"/>.</param>
    /// <param name="scores">[N].</param>
    /// <exception cref="ArgumentOutOfRangeException">An index beyond the table.</exception>
    public static void ScoreGathered(
        ReadOnlySpan<Half> rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, bool isRaised, Span<float> scores)
    {
        if (isRaised) ScoreGathered<LoweredHalfFormat>(rows, indices, query, scores);
        else ScoreGathered<HalfFormat>(rows, indices, query, scores);
    }

    private static void Score<TFormat>(ReadOnlySpan<Half> rows, ReadOnlySpan<float> query, Span<float> scores)
        where TFormat : struct, IStoredFormat<Half>
    {
        if (Vector512.IsHardwareAccelerated && query.Length >= Lanes512.Count) Run<Lanes512, TFormat>(rows, query, scores);
        else if (Vector256.IsHardwareAccelerated && query.Length >= Lanes256.Count) Run<Lanes256, TFormat>(rows, query, scores);
        else if (Vector128.IsHardwareAccelerated && query.Length >= Lanes128.Count) Run<Lanes128, TFormat>(rows, query, scores);
        else Scalar<TFormat>(rows, query, scores);
    }

    private static void ScoreGathered<TFormat>(
        ReadOnlySpan<Half> rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, Span<float> scores)
        where TFormat : struct, IStoredFormat<Half>
    {
        if (Vector512.IsHardwareAccelerated && query.Length >= Lanes512.Count)
        {
            RunGathered<Lanes512, TFormat>(rows, indices, query, scores);
        }
        else if (Vector256.IsHardwareAccelerated
            && query.Length >= Lanes256.Count)
        {
            RunGathered<Lanes256, TFormat>(rows, indices, query, scores);
        }
        else if (Vector128.IsHardwareAccelerated
            && query.Length >= Lanes128.Count)
        {
            RunGathered<Lanes128, TFormat>(rows, indices, query, scores);
        }
        else
        {
            ScalarGathered<TFormat>(rows, indices, query, scores);
        }
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes, TFormat>(ReadOnlySpan<Half> rows, ReadOnlySpan<float> query, Span<float> scores)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : struct, IStoredFormat<Half>
    {
        if (query.Length < TLanes.Count)
        {
            Scalar<TFormat>(rows, query, scores);
            return;
        }

        Shapes.RequireLength(rows.Length, (long)scores.Length * query.Length);
        var operand = new RowOperand<TLanes>(query);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var (D, count) = ((nuint)query.Length, (nuint)scores.Length);
        nuint n = 0;
        for (; n + 4 <= count; n += 4)
        {
            ref var first = ref Unsafe.Add(ref row, n * D);
            ref var third = ref Unsafe.Add(ref first, 2 * D);
            Four<TLanes, TFormat>(in operand, in first, in Unsafe.Add(ref first, D), in third, in Unsafe.Add(ref third, D))
                .StoreUnsafe(ref score, n);
        }

        for (; n < count; n++) Unsafe.Add(ref score, n) = One<TLanes, TFormat>(in operand, in Unsafe.Add(ref row, n * D));
    }

    [MethodImpl(Hot.Loop)]
    internal static void RunGathered<TLanes, TFormat>(
        ReadOnlySpan<Half> rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, Span<float> scores)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : struct, IStoredFormat<Half>
    {
        if (query.Length < TLanes.Count)
        {
            ScalarGathered<TFormat>(rows, indices, query, scores);
            return;
        }

        Shapes.RequireLength(scores.Length, indices.Length);
        var operand = new RowOperand<TLanes>(query);
        var D = query.Length;
        var n = 0;
        for (; n + 4 <= indices.Length; n += 4)
        {
            ref readonly var third = ref Row(rows, indices[n + 2], D);
            ref readonly var fourth = ref Row(rows, indices[n + 3], D);
            var products = Four<TLanes, TFormat>(
                in operand, in Row(rows, indices[n], D), in Row(rows, indices[n + 1], D), in third, in fourth);
            products.CopyTo(scores.Slice(n, 4));
        }

        for (; n < indices.Length; n++) scores[n] = One<TLanes, TFormat>(in operand, in Row(rows, indices[n], D));
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar<TFormat>(ReadOnlySpan<Half> rows, ReadOnlySpan<float> query, Span<float> scores)
        where TFormat : struct, IStoredFormat<Half>
    {
        Shapes.RequireLength(rows.Length, (long)scores.Length * query.Length);
        for (var n = 0; n < scores.Length; n++) scores[n] = Product<TFormat>(rows.Slice(n * query.Length, query.Length), query);
    }

    /// <summary>The oracle of <see cref="ScoreGathered"/>.</summary>
    internal static void ScalarGathered<TFormat>(
        ReadOnlySpan<Half> rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, Span<float> scores)
        where TFormat : struct, IStoredFormat<Half>
    {
        Shapes.RequireLength(scores.Length, indices.Length);
        for (var n = 0; n < scores.Length; n++)
            scores[n] = Product<TFormat>(MemoryMarshal.CreateReadOnlySpan(in Row(rows, indices[n], query.Length), query.Length), query);
    }

    private static float Product<TFormat>(ReadOnlySpan<Half> row, ReadOnlySpan<float> query) where TFormat : struct, IStoredFormat<Half>
    {
        var sum = 0f;
        for (var i = 0; i < row.Length; i++) sum += TFormat.Load(row[i]) * query[i];
        return sum;
    }

    /// <summary>Products of four rows [D].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four<TLanes, TFormat>(
        in RowOperand<TLanes> operand, ref readonly Half row0, ref readonly Half row1, ref readonly Half row2, ref readonly Half row3)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : struct, IStoredFormat<Half>
    {
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint i = 0; i < operand.Whole; i += (nuint)TLanes.Count)
        {
            var x = TLanes.Load(in operand.X, i);
            sum0 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row0, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row1, i), x, sum1);
            sum2 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row2, i), x, sum2);
            sum3 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row3, i), x, sum3);
        }

        if (operand.HasRest)
        {
            var (i, x) = (operand.Rest, operand.Last);
            sum0 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row0, i), x, sum0);
            sum1 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row1, i), x, sum1);
            sum2 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row2, i), x, sum2);
            sum3 = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row3, i), x, sum3);
        }

        return TLanes.Sums(sum0, sum1, sum2, sum3);
    }

    /// <summary>The product of a row [D], the same bits as one of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One<TLanes, TFormat>(in RowOperand<TLanes> operand, ref readonly Half row)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : struct, IStoredFormat<Half>
    {
        var sum = TLanes.Zero;
        for (nuint i = 0; i < operand.Whole; i += (nuint)TLanes.Count)
            sum = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row, i), TLanes.Load(in operand.X, i), sum);
        if (operand.HasRest) sum = TLanes.MultiplyAdd(TFormat.Load<TLanes>(in row, operand.Rest), operand.Last, sum);
        return TLanes.Sum(sum);
    }

    private static ref readonly Half Row(ReadOnlySpan<Half> rows, int index, int width)
    {
        // In 64 bits, for a foreign index times the width may wrap around.
        if (index < 0 || (index + 1L) * width > rows.Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"the table has {rows.Length / width} rows");
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)index * width);
    }
}
