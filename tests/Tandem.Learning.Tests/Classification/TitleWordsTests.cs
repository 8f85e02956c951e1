using Tandem.Learning.Classification;
using Tandem.Learning.Transfer;

namespace Tandem.Learning.Tests.Classification;

public class TitleWordsTests
{
    [Fact]
    public void Rows_stand_for_the_pieces_that_occur()
    {
        var words = TitleWords.Of([[7, 3], [3], [9, 7, 3, 11]], most: 3);
        Assert.Equal([0, 3, 7, 9], words.Pieces);   // 11 lies behind the third word
        using var inputs = words.Inputs();
        Assert.Equal([3L, 3], inputs.shape);
        Assert.Equal([2, 1, 0, 1, 0, 0, 3, 2, 1], inputs.data<long>().ToArray());

        var table = new SourceMatrix([10, 2], [.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        Assert.Equal([0, 0, 6, 7, 14, 15, 18, 19], words.RowsOf(table).Values);
        Assert.Throws<ArgumentException>(() => words.RowsOf(new([9, 2], new float[18])));
        Assert.Throws<ArgumentException>(() => TitleWords.Of([[1], []]));
    }
}
