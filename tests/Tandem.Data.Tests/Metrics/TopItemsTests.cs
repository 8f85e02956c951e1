using CsCheck;
using Tandem.Data.Metrics;
using Tandem.Tests;

namespace Tandem.Data.Tests.Metrics;

public class TopItemsTests
{
    [Fact]
    public void The_best_come_first_and_equal_scores_by_lower_id() =>
        Assert.Equal([(1, 0.9f), (4, 0.7f), (0, 0.5f), (2, 0.5f)], Choose([0.5f, 0.9f, 0.5f, 0.1f, 0.7f, 0.5f], 4));

    [Fact]
    public void NaN_and_negative_infinity_are_never_chosen() =>
        Assert.Equal([(3, float.PositiveInfinity), (1, -7)], Choose([float.NaN, -7, float.NegativeInfinity, float.PositiveInfinity], 4));

    [Fact]
    public void Where_nothing_can_be_chosen_nothing_is()
    {
        Assert.Empty(Choose([], 3));
        Assert.Empty(Choose([1, 2], 0));
        Assert.Empty(Choose([.. Enumerable.Repeat(float.NaN, 40)], 3));
    }

    [Fact]
    public void A_constant_row_gives_the_lowest_ids() => Assert.Equal([0, 1, 2, 3, 4], Choose(new float[100], 5).Select(best => best.Item));

    // Few values make ties common; many values make the threshold rise for long. Lengths around 16, 32 and 48 have a ragged end.
    [Fact]
    public void Any_row_gives_what_a_sort_gives() =>
        (from length in Gen.Int[0, 70]
         from levels in Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(1000))
         from row in Gen.Int[0, 999].Array[length]
         from k in Gen.Int[0, 40]
         select (Row: row.Select(value => Score(value, levels)).ToArray(), K: k)).Sample(test => AssertSorted(test.Row, test.K));

    [Theory]
    [InlineData(10)]
    [InlineData(500)]
    public void Long_rows_give_what_a_sort_gives(int k)
    {
        var random = NamedSeed.Create(1, "row");
        for (var row = 0; row < 20; row++) AssertSorted([.. Enumerable.Range(0, 12_101).Select(_ => (float)random.NextDouble())], k);
        AssertSorted([.. Enumerable.Range(0, 5000).Select(i => (float)i)], k);
        AssertSorted([.. Enumerable.Range(0, 5000).Select(i => -(float)i)], k);
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        var (scores, items, best) = (new float[1000], new int[20], new float[20]);
        Allocation.AssertNone(() => TopItems.Choose(scores, items, best));
    }

    [Fact]
    public void Destinations_of_unequal_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => TopItems.Choose([1], new int[2], new float[3]));

    private static float Score(int value, int levels) => value switch
    {
        < 40 => float.NaN,
        < 80 => float.NegativeInfinity,
        < 90 => float.PositiveInfinity,
        _ => value % levels,
    };

    private static void AssertSorted(float[] row, int k)
    {
        var expected = row.Select((score, item) => (Item: item, Score: score)).Where(e => e.Score > float.NegativeInfinity)
            .OrderByDescending(e => e.Score).ThenBy(e => e.Item).Take(k);
        Assert.Equal(expected, Choose(row, k));
    }

    private static (int Item, float Score)[] Choose(float[] scores, int k)
    {
        var (items, best) = (new int[k], new float[k]);
        var count = TopItems.Choose(scores, items, best);
        return [.. items.Zip(best).Take(count)];
    }
}
