using Tandem.Device.Kernels;

namespace Tandem.Device.Items;

/// <summary>Rows in float16: half the memory of float32 at three digits.</summary>
/// <param name="rows">[N × D], finite.</param>
/// <param name="width">D.</param>
internal sealed class HalfRows(Half[] rows, int width) : ItemRows
{
    public override void Read(int place, Span<float> row) => EmbeddingRows.Gather(rows, [place], multiplier: 1, addend: [], row);

    public override void Score(ItemQuery query, ReadOnlySpan<int> places, Span<float> scores) =>
        Fp16Rows.ScoreGathered(rows, places, query.ForFp16, query.IsRaised, scores);

    public override void ScoreRange(ItemQuery query, int first, Span<float> scores) =>
        Fp16Rows.Score(rows.AsSpan(first * width, scores.Length * width), query.ForFp16, query.IsRaised, scores);
}
