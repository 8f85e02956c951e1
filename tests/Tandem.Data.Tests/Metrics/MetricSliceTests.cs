using CsCheck;
using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class MetricSliceTests
{
    [Fact]
    public void An_edge_belongs_to_the_slice_above_it() => Assert.Equal(
        [new(null, 5, 2, 0.5), new(5, 10, 1, 1), new(10, 20, 0, null), new(20, null, 1, 0.25)],
        MetricSlice.By([5, 4, 1, 20], [1, 1, 0, 0.25], [5, 10, 20]));

    [Fact]
    public void Without_edges_there_is_one_slice() => Assert.Equal([new(null, null, 2, 2)], MetricSlice.By([7, 9], [1, 3], []));

    [Fact]
    public void Slices_put_together_are_the_whole() => Gen.Select(Gen.Int[0, 30], Gen.Double[0, 1]).Array[1, 50].Sample(events =>
    {
        int[] keys = [.. events.Select(e => e.Item1)];
        double[] values = [.. events.Select(e => e.Item2)];
        var slices = MetricSlice.By(keys, values, MetricSlice.QuantileEdges(keys, 4));
        Assert.Equal(events.Length, slices.Sum(slice => slice.Events));
        Assert.Equal(values.Average(), slices.Sum(slice => slice.Events * (slice.Mean ?? 0)) / events.Length, 1e-12);
        Assert.All(
            slices, slice => Assert.Equal(keys.Count(key => key >= (slice.From ?? key) && key < (slice.To ?? key + 1)), slice.Events));
    });

    [Fact]
    public void Quantile_edges_put_as_many_events_into_every_slice()
    {
        int[] keys = [.. Enumerable.Range(1, 100).Reverse()];
        Assert.Equal([26, 51, 76], MetricSlice.QuantileEdges(keys, 4));
        Assert.All(MetricSlice.By(keys, new double[100], [26, 51, 76]), slice => Assert.Equal(25, slice.Events));
    }

    [Fact]
    public void Equal_keys_are_never_divided()
    {
        Assert.Equal([9], MetricSlice.QuantileEdges([5, 5, 5, 5, 5, 5, 9, 9], 4));
        Assert.Equal([], MetricSlice.QuantileEdges([5, 5], 3));
        Assert.Equal([], MetricSlice.QuantileEdges([], 3));
    }

    [Fact]
    public void Input_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MetricSlice.By([1], [1, 2], []));
        Assert.Throws<ArgumentException>(() => MetricSlice.By([1], [1], [5, 5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MetricSlice.QuantileEdges([1], 0));
    }
}
