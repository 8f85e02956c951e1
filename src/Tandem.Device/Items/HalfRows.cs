using System.Numerics.Tensors;
using Tandem.Device.Kernels;

namespace Tandem.Device.Items;

/// <summary>Rows in float16: half the memory of float32 at three digits.</summary>
/// <param name="rows">[N × D].</param>
/// <param name="width">D.</param>
internal sealed class HalfRows(Half[] rows, int width) : ItemRows
{
    /// <summary>Elements converted at once, on the stack.</summary>
    private const int Chunk = 256;

    public override void Read(int place, Span<float> row) => EmbeddingRows.Gather(rows, [place], multiplier: 1, addend: [], row);

    public override void Score(ItemQuery query, ReadOnlySpan<int> places, Span<float> scores)
    {
        for (var i = 0; i < places.Length; i++) scores[i] = Dot(query.Values, rows.AsSpan(places[i] * width, width));
    }

    public override void ScoreRange(ItemQuery query, int first, Span<float> scores)
    {
        for (var i = 0; i < scores.Length; i++) scores[i] = Dot(query.Values, rows.AsSpan((first + i) * width, width));
    }

    private static float Dot(ReadOnlySpan<float> query, ReadOnlySpan<Half> row)
    {
        Span<float> singles = stackalloc float[Math.Min(Chunk, row.Length)];
        var sum = 0f;
        for (var from = 0; from < row.Length; from += Chunk)
        {
            var part = singles[..Math.Min(Chunk, row.Length - from)];
            TensorPrimitives.ConvertToSingle(row.Slice(from, part.Length), part);
            sum += TensorPrimitives.Dot(query.Slice(from, part.Length), part);
        }

        return sum;
    }
}
