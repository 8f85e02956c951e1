namespace Tandem.Data.Tests;

public class SequenceDatasetTests
{
    private static readonly Catalog _catalog = new([new("a", null, [], null), new("b", null, [], null)]);

    [Fact]
    public void Users_have_their_own_events()
    {
        var dataset = Create([0, 2, 3], [1, 2, 1], [10, 20, 5]);
        Assert.Equal((2, 3), (dataset.Users, dataset.Interactions));
        Assert.Equal([1, 2], dataset.Sequence(0));
        Assert.Equal([1], dataset.Sequence(1));
        Assert.Equal([5], dataset.Times(1));
    }

    [Fact]
    public void The_hash_names_the_content()
    {
        var hash = Create([0, 2, 3], [1, 2, 1], [10, 20, 5]).Hash;
        Assert.Equal(hash, Create([0, 2, 3], [1, 2, 1], [10, 20, 5]).Hash);
        Assert.NotEqual(hash, Create([0, 1, 3], [1, 2, 1], [10, 2, 5]).Hash);
        Assert.NotEqual(hash, Create([0, 2, 3], [1, 1, 1], [10, 20, 5]).Hash);
        Assert.NotEqual(hash, Create([0, 2, 3], [1, 2, 1], [10, 21, 5]).Hash);
    }

    [Theory]
    [InlineData(new[] { 0, 3 }, new[] { 1, 2, 1 }, new long[] { 1, 2, 3 }, "offsets for 2 users")]
    [InlineData(new[] { 0, 2, 4 }, new[] { 1, 2, 1 }, new long[] { 1, 2, 3 }, "from 0 to 3")]
    [InlineData(new[] { 0, 4, 3 }, new[] { 1, 2, 1 }, new long[] { 1, 2, 3 }, "offsets fall")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 3, 1 }, new long[] { 1, 2, 3 }, "item 3 is not in the catalog")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 0, 1 }, new long[] { 1, 2, 3 }, "item 0 is not in the catalog")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 2, 1 }, new long[] { 2, 1, 3 }, "times of user 0 fall")]
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 2, 1 }, new long[] { 2, 1 }, "3 items but 2 times")]
    public void Arrays_that_do_not_fit_are_refused(int[] offsets, int[] items, long[] times, string fault) =>
        Assert.Contains(fault, Assert.Throws<ArgumentException>(() => Create(offsets, items, times)).Message);

    [Fact]
    public void Events_have_values_or_none_has()
    {
        var (plain, rated) = (Create([0, 2, 3], [1, 2, 1], [10, 20, 5]), Create([0, 2, 3], [1, 2, 1], [10, 20, 5], [4, -1, 0.5f]));
        Assert.Equal([4, -1], rated.Values(0));
        Assert.Equal([4], rated.Prefix(0, 1).Values.ToArray());
        Assert.Equal([-1], rated.Prefix(0, 2).Slice(1, 1).Values.ToArray());
        Assert.True(plain.Values(0).IsEmpty && plain.Prefix(0, 2).Values.IsEmpty);
        Assert.NotEqual(plain.Hash, rated.Hash);
    }

    [Theory]
    [InlineData(new[] { 1f, 2 }, "3 items but 2 values")]
    [InlineData(new[] { 1f, float.NaN, 2 }, "event 1 has the value NaN")]
    [InlineData(new[] { float.NegativeInfinity, 1, 2 }, "event 0 has the value")]
    public void Values_that_are_none_are_refused(float[] values, string fault) =>
        Assert.Contains(fault, Assert.Throws<ArgumentException>(() => Create([0, 2, 3], [1, 2, 1], [10, 20, 5], values)).Message);

    private static SequenceDataset Create(int[] offsets, int[] items, long[] times, float[]? values = null) =>
        new("test", "test", _catalog, seed: 1, hasTimes: true, ["u", "v"], offsets, items, times, values);
}
