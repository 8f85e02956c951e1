using System.Buffers;
using Tandem.Data;

namespace Tandem.Learning.Baselines;

/// <summary>Scores one history.</summary>
/// <param name="history">[N] item ids, oldest first.</param>
/// <param name="scores">[V + 1] destination, holding anything.</param>
internal delegate void RowScorer(ReadOnlySpan<int> history, Span<float> scores);

/// <summary>The rows of a batch, shared out among threads.</summary>
internal static class ParallelRows
{
    // 4 MB of scores: a span cannot cross to another thread, so rows are copied once, and the copy should come from the cache.
    private const int TileFloats = 1 << 20;

    /// <inheritdoc cref="IItemScorer.Score"/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public static void Score(int items, ReadOnlySpan<History> histories, Span<float> scores, RowScorer scorer)
    {
        ScorerInput.Require(items, histories, scores);
        var width = items + 1;
        var tileRows = Math.Clamp(TileFloats / width, Environment.ProcessorCount, Math.Max(histories.Length, Environment.ProcessorCount));
        var tile = ArrayPool<History>.Shared.Rent(tileRows);
        var rows = ArrayPool<float>.Shared.Rent(checked(tileRows * width));
        void Fill(int row) => scorer(tile[row].Items.Span, rows.AsSpan(row * width, width));
        for (var start = 0; start < histories.Length; start += tileRows)
        {
            var count = Math.Min(tileRows, histories.Length - start);
            histories.Slice(start, count).CopyTo(tile);
            Parallel.For(0, count, Fill);
            rows.AsSpan(0, count * width).CopyTo(scores[(start * width)..]);
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<History>.Shared.Return(tile, clearArray: true);
    }
}
