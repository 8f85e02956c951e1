using System.Numerics.Tensors;
using Tandem.Device.Kernels;

namespace Tandem.Device.Items;

/// <summary>Rows in float32.</summary>
/// <param name="rows">[N × D].</param>
/// <param name="width">D.</param>
internal sealed class SingleRows(float[] rows, int width) : ItemRows
{
    public override void Read(int place, Span<float> row) => EmbeddingRows.Gather(rows, [place], multiplier: 1, addend: [], row);

    public override void Score(ItemQuery query, ReadOnlySpan<int> places, Span<float> scores)
    {
        for (var i = 0; i < places.Length; i++) scores[i] = TensorPrimitives.Dot(query.Values, rows.AsSpan(places[i] * width, width));
    }

    public override void ScoreRange(ItemQuery query, int first, Span<float> scores) =>
        MatrixVector.Multiply(rows.AsSpan(first * width, scores.Length * width), [], query.Values, scores);
}
