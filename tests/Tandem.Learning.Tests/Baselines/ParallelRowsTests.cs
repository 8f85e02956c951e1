using Tandem.Data;
using Tandem.Learning.Baselines;

namespace Tandem.Learning.Tests.Baselines;

public class ParallelRowsTests
{
    /// <summary>From many rows to a tile to a tile that a thread has one row of.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(20_000, 200)]
    [InlineData(2_000_000, 9)]
    public void Every_row_is_scored_from_its_own_history_whatever_the_size_of_the_catalogue(int items, int rows)
    {
        var histories = Enumerable.Range(0, rows).Select(row => new History(Enumerable.Repeat(1, row).ToArray(), default)).ToArray();
        var scores = new float[rows * (items + 1)];
        ParallelRows.Score(items, histories, scores, (history, row) => row.Fill(history.Length + 1));
        for (var row = 0; row < rows; row++)
            Assert.False(scores.AsSpan(row * (items + 1), items + 1).ContainsAnyExcept(row + 1), $"row {row} holds another's scores");
    }
}
