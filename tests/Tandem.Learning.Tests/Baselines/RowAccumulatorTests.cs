using Tandem.Learning.Baselines;

namespace Tandem.Learning.Tests.Baselines;

public class RowAccumulatorTests
{
    [Fact]
    public void A_row_is_taken_in_the_order_of_its_items_and_leaves_nothing_behind()
    {
        var row = new RowAccumulator(9);
        row.Add(7, 1);
        row.Add(2, 0.5);
        row.Add(7, 1.5);
        row.Add(4, 0);
        var (items, values) = row.Take();
        Assert.Equal([2, 7], items);
        Assert.Equal([0.5f, 2.5f], values);
        Assert.Empty(row.Take().Items);
    }

    [Fact]
    public void Dropped_items_begin_again_at_0()
    {
        var row = new RowAccumulator(9);
        foreach (var item in new[] { 3, 9, 1, 5 }) row.Add(item, item == 9 ? 0.25 : 2);
        row.KeepLargest(2);
        Assert.Equal([1, 3], row.Take().Items);
        row.Add(9, 1);
        row.Add(5, 1);
        Assert.Equal([1f, 1f], row.Take().Values);
    }
}
