using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class NewItemsTests
{
    [Fact]
    public void New_items_train_nothing_validate_nothing_and_are_tested()
    {
        var dataset = ListSource.DatasetOf(
            [.. Enumerable.Range(0, 200).Select(u => Enumerable.Range(0, 10).Select(t => (u * 7 + t) % 100 + 1).ToArray())]);
        var split = new NewItems(dataset);
        var items = Enumerable.Range(1, 100).Where(item => !split.Trains(item)).ToHashSet();
        Assert.Equal(100 / NewItems.OneIn, items.Count);
        var counts = split.Training(refit: false).CountByItem();
        Assert.All(items, item => Assert.Equal(0, counts[item]));
        Assert.True(counts.Sum() > 0.9 * 200 * 8);
        Assert.DoesNotContain(split.Validation.ToArray(), e => items.Contains(dataset.Sequence(e.User)[e.Position]));
        Assert.Equal(200, split.Test.Length);
        Assert.Contains(split.Test.ToArray(), e => items.Contains(dataset.Sequence(e.User)[e.Position]));
        Assert.Equal("loo-new-items", SplitProtocol.Create("loo-new-items", dataset).Protocol);
    }

    [Fact]
    public void Times_and_values_are_left_out_with_their_events()
    {
        var history = new History((int[])[3, 1, 3, 2], (long[])[10, 20, 30, 40], (float[])[1, 2, 3, 4]).Where(item => item != 3);
        Assert.Equal([1, 2], history.Items.ToArray());
        Assert.Equal([20, 40], history.Times.ToArray());
        Assert.Equal([2, 4], history.Values.ToArray());
        var bare = new History((int[])[3, 1], default).Where(item => item == 1);
        Assert.Equal((1, true, true), (bare.Length, bare.Times.IsEmpty, bare.Values.IsEmpty));
    }
}
