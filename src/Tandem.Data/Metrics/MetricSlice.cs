namespace Tandem.Data.Metrics;

/// <summary>
/// The mean of a metric over the events of one kind, such as histories of 5 to 9 events or targets that 20 to 49 users have. The
/// bounds are part of the figure: slices of two runs compare only where the bounds are equal.
/// </summary>
/// <param name="From">Lowest key of the slice, included; null for the first, which has no lower end.</param>
/// <param name="To">Lowest key beyond the slice; null for the last, which has no upper end.</param>
/// <param name="Events">Number of events in the slice.</param>
/// <param name="Mean">Mean of the metric over them; null where there are none.</param>
public sealed record MetricSlice(int? From, int? To, int Events, double? Mean)
{
    /// <summary>Slices events by fixed edges: below the first, from each to the next, from the last on.</summary>
    /// <param name="keys">[events] what is sliced by: a history's length, a target's popularity.</param>
    /// <param name="values">[events] the metric.</param>
    /// <param name="edges">Ascending; none gives one slice with everything.</param>
    /// <returns>[edges + 1] slices by ascending key, empty ones included.</returns>
    /// <exception cref="ArgumentException">The lengths differ or the edges do not ascend.</exception>
    public static MetricSlice[] By(ReadOnlySpan<int> keys, ReadOnlySpan<double> values, ReadOnlySpan<int> edges)
    {
        if (keys.Length != values.Length) throw new ArgumentException($"{keys.Length} keys for {values.Length} values; expected as many");
        for (var i = 1; i < edges.Length; i++)
            if (edges[i] <= edges[i - 1]) throw new ArgumentException($"edge {edges[i]} follows {edges[i - 1]}; expected edges to ascend");
        var (counts, sums) = (new int[edges.Length + 1], new double[edges.Length + 1]);
        for (var i = 0; i < keys.Length; i++)
        {
            var found = edges.BinarySearch(keys[i]);
            var slice = found >= 0 ? found + 1 : ~found;
            counts[slice]++;
            sums[slice] += values[i];
        }

        var slices = new MetricSlice[counts.Length];
        for (var s = 0; s < slices.Length; s++)
        {
            slices[s] = new(
                s == 0 ? null : edges[s - 1], s == edges.Length ? null : edges[s], counts[s], counts[s] == 0 ? null : sums[s] / counts[s]);
        }

        return slices;
    }

    /// <summary>
    /// Edges that put about as many events into every slice. Equal keys are never divided, so where one key is very common there are
    /// fewer edges than asked for.
    /// </summary>
    /// <param name="keys">[events] what is sliced by, in any order.</param>
    /// <param name="slices">How many slices, 1 or more.</param>
    /// <returns>[up to slices − 1] edges for <see cref="By"/>, ascending.</returns>
    public static int[] QuantileEdges(ReadOnlySpan<int> keys, int slices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slices, 1);
        if (keys.IsEmpty) return [];
        var sorted = keys.ToArray();
        Array.Sort(sorted);
        return [.. Enumerable.Range(1,
            slices - 1).Select(s => sorted[(long)s * sorted.Length / slices]).Where(edge => edge > sorted[0]).Distinct()];
    }
}
