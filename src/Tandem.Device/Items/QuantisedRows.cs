using Tandem.Device.Kernels;
using Tandem.Protocol.Items;

namespace Tandem.Device.Items;

/// <summary>Rows in int8 with a scale each: a quarter of the memory of float32, and the fastest to score.</summary>
/// <param name="rows">[N × D], −127 … 127.</param>
/// <param name="scales">[N].</param>
/// <param name="width">D.</param>
internal sealed class QuantisedRows(sbyte[] rows, float[] scales, int width) : ItemRows
{
    /// <summary>Content vectors as rows.</summary>
    public static QuantisedRows Of(ContentRows content) => new(content.Codes.ToArray(), content.Scales.ToArray(), content.Width);

    public override void Read(int place, Span<float> row) => EmbeddingRows.Gather(rows, scales, [place], multiplier: 1, addend: [], row);

    public override void Score(ItemQuery query, ReadOnlySpan<int> places, Span<float> scores) =>
        Int8Rows.ScoreGathered(rows, scales, places, query.Quantised, query.Scale, scores);

    public override void ScoreRange(ItemQuery query, int first, Span<float> scores) => Int8Rows.Score(
        rows.AsSpan(first * width, scores.Length * width), scales.AsSpan(first, scores.Length), query.Quantised, query.Scale, scores);
}
