using Tandem.Data;
using Tandem.Learning.Successors;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Successors;

public class SuccessorSmoothingTests
{
    private static readonly SuccessorOptions _options = new() { Enabled = true, MaxLag = 1, PopularityPower = 0, Count = 10 };

    // Items 1, 2 point one way, 3, 4 another, 5 a third; 6 has no vector.
    private static readonly Neighbours _pairs = Neighbours.Of(
        new(
            "pairs", 6, 3, [0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0],
            [false, true, true, true, true, true, false]), 1);

    // 1 → 3 once; 5 → 6 twice.
    private static readonly TrainingSequences _sequences = TrainingSequences.Of(6, [[1, 3], [5, 6], [5, 6]]);

    [Fact]
    public void Items_that_are_alike_lend_each_other_what_follows_them_and_what_they_follow()
    {
        var table = SuccessorCounting.Count(_options, _sequences, new SuccessorSmoothing(_pairs, 0.5));
        Assert.Equal(1, Count(table, 1, 3), 0.01);
        Assert.Equal(0.5, Count(table, 2, 3), 0.01);    // 2 is like 1
        Assert.Equal(0.5, Count(table, 1, 4), 0.01);    // 4 is like 3
        Assert.Equal(0, Count(table, 2, 4));            // of two steps there are none
        Assert.Equal(2, Count(table, 5, 6), 0.02);      // 6 has no vector, and so no neighbour
    }

    [Fact]
    public void Of_no_strength_it_is_plain_counts()
    {
        var (plain, smoothed) = (
            SuccessorCounting.Count(_options, _sequences), SuccessorCounting.Count(_options, _sequences, new(_pairs, 0)));
        for (var item = 1; item <= 6; item++)
        {
            for (var other = 1; other <= 6; other++) Assert.Equal(Count(plain, item, other), Count(smoothed, item, other));
        }
    }

    private static double Count(SuccessorTable table, int item, int other) => new SuccessorSum(table, 1, 1).Part(item, 0, other);
}
