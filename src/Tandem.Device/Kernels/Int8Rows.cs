using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// Scores of items whose rows are int8 with one scale each. The query is rounded once to int16; the product of a row and the query is
/// an exact int32, so scores are the same bits on every processor: (product · the row's scale) · the query's scale.
/// </summary>
internal static class Int8Rows
{
    /// <summary>
    /// Rounds a query to int16, as finely as a sum of D products with int8 allows: its largest magnitude becomes
    /// min(32,767, (2³¹ − 1) / 128 D), so that no row can overflow the sum.
    /// </summary>
    /// <param name="query">[D].</param>
    /// <param name="destination">[D].</param>
    /// <returns>What one of the destination stands for. Not finite where the query is not; then all scores are NaN.</returns>
    public static float QuantiseQuery(ReadOnlySpan<float> query, Span<short> destination)
    {
        Shapes.RequireLength(destination.Length, query.Length);
        if (query.IsEmpty) return 0;
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(query));
        var limit = Math.Min(short.MaxValue, int.MaxValue / 128 / query.Length);
        var scale = largest / limit;
        // A scale that has underflowed would make the quotients infinite.
        var steps = float.IsNormal(scale) ? limit / largest : 0;
        for (var i = 0; i < query.Length; i++) destination[i] = (short)MathF.Round(query[i] * steps);
        return scale;
    }

    /// <summary>Scores of rows that follow each other.</summary>
    /// <param name="rows">[N × D].</param>
    /// <param name="scales">[N].</param>
    /// <param name="query">[D] from <see cref="QuantiseQuery"/>.</param>
    /// <param name="queryScale">Likewise.</param>
    /// <param name="scores">[N].</param>
    public static void Score(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> query, float queryScale, Span<float> scores)
    {
        if (Vector512.IsHardwareAccelerated && query.Length >= Int8Lanes512.Count)
            Run<Int8Lanes512>(rows, scales, query, queryScale, scores);
        else if (Vector256.IsHardwareAccelerated && query.Length >= Int8Lanes256.Count)
            Run<Int8Lanes256>(rows, scales, query, queryScale, scores);
        else if (Vector128.IsHardwareAccelerated && query.Length >= Int8Lanes128.Count)
            Run<Int8Lanes128>(rows, scales, query, queryScale, scores);
        else
            Scalar(rows, scales, query, queryScale, scores);
    }

    /// <summary>Scores of some rows of a table.</summary>
    /// <param name="rows">[V × D].</param>
    /// <param name="scales">[V].</param>
    /// <param name="indices">[N] rows, each in 0 … V − 1, in any order.</param>
    /// <param name="query">[D] from <see cref="QuantiseQuery"/>.</param>
    /// <param name="queryScale">Likewise.</param>
    /// <param name="scores">[N].</param>
    /// <exception cref="ArgumentOutOfRangeException">An index beyond the table.</exception>
    public static void ScoreGathered(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<int> indices, ReadOnlySpan<short> query, float queryScale,
        Span<float> scores)
    {
        if (Vector512.IsHardwareAccelerated && query.Length >= Int8Lanes512.Count)
            RunGathered<Int8Lanes512>(rows, scales, indices, query, queryScale, scores);
        else if (Vector256.IsHardwareAccelerated && query.Length >= Int8Lanes256.Count)
            RunGathered<Int8Lanes256>(rows, scales, indices, query, queryScale, scores);
        else if (Vector128.IsHardwareAccelerated && query.Length >= Int8Lanes128.Count)
            RunGathered<Int8Lanes128>(rows, scales, indices, query, queryScale, scores);
        else
            ScalarGathered(rows, scales, indices, query, queryScale, scores);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> query, float queryScale, Span<float> scores)
        where TLanes : struct, IInt8Lanes<TLanes>
    {
        if (query.Length < TLanes.Count)
        {
            Scalar(rows, scales, query, queryScale, scores);
            return;
        }

        Require(rows, scales, query);
        Shapes.RequireLength(scores.Length, scales.Length);
        var operand = new Int8Operand<TLanes>(query);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var scale = ref MemoryMarshal.GetReference(scales);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var (D, count) = ((nuint)query.Length, (nuint)scales.Length);
        nuint n = 0;
        for (; n + 4 <= count; n += 4)
        {
            ref var first = ref Unsafe.Add(ref row, n * D);
            ref var third = ref Unsafe.Add(ref first, 2 * D);
            var products = operand.Four(in first, in Unsafe.Add(ref first, D), in third, in Unsafe.Add(ref third, D));
            var scaled = Vector128.ConvertToSingle(products) * Vector128.LoadUnsafe(ref scale, n);
            (scaled * Vector128.Create(queryScale)).StoreUnsafe(ref score, n);
        }

        for (; n < count; n++)
            Unsafe.Add(ref score, n) = operand.One(in Unsafe.Add(ref row, n * D)) * Unsafe.Add(ref scale, n) * queryScale;
    }

    [MethodImpl(Hot.Loop)]
    internal static void RunGathered<TLanes>(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<int> indices, ReadOnlySpan<short> query, float queryScale,
        Span<float> scores)
        where TLanes : struct, IInt8Lanes<TLanes>
    {
        if (query.Length < TLanes.Count)
        {
            ScalarGathered(rows, scales, indices, query, queryScale, scores);
            return;
        }

        Require(rows, scales, query);
        Shapes.RequireLength(scores.Length, indices.Length);
        var operand = new Int8Operand<TLanes>(query);
        var D = query.Length;
        var n = 0;
        for (; n + 4 <= indices.Length; n += 4)
        {
            var (i0, i1, i2, i3) = (indices[n], indices[n + 1], indices[n + 2], indices[n + 3]);
            // Reading the scales checks the indices, and with them the rows.
            var scale = Vector128.Create(scales[i0], scales[i1], scales[i2], scales[i3]);
            var products = operand.Four(in Row(rows, i0, D), in Row(rows, i1, D), in Row(rows, i2, D), in Row(rows, i3, D));
            (Vector128.ConvertToSingle(products) * scale * Vector128.Create(queryScale)).CopyTo(scores.Slice(n, 4));
        }

        for (; n < indices.Length; n++)
        {
            var scale = scales[indices[n]];
            scores[n] = operand.One(in Row(rows, indices[n], D)) * scale * queryScale;
        }
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> query, float queryScale, Span<float> scores)
    {
        Require(rows, scales, query);
        Shapes.RequireLength(scores.Length, scales.Length);
        for (var n = 0; n < scores.Length; n++)
            scores[n] = Product(rows.Slice(n * query.Length, query.Length), query) * scales[n] * queryScale;
    }

    /// <summary>The oracle of <see cref="ScoreGathered"/>.</summary>
    internal static void ScalarGathered(
        ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<int> indices, ReadOnlySpan<short> query, float queryScale,
        Span<float> scores)
    {
        Require(rows, scales, query);
        Shapes.RequireLength(scores.Length, indices.Length);
        for (var n = 0; n < scores.Length; n++)
        {
            var scale = scales[indices[n]];
            scores[n] = Product(rows.Slice(indices[n] * query.Length, query.Length), query) * scale * queryScale;
        }
    }

    private static float Product(ReadOnlySpan<sbyte> row, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < row.Length; i++) sum += row[i] * query[i];
        return sum;
    }

    private static ref readonly sbyte Row(ReadOnlySpan<sbyte> rows, int index, int width) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)index * width);

    private static void Require(ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> query) =>
        Shapes.RequireLength(rows.Length, (long)scales.Length * query.Length);
}
