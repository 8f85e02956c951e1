using Tandem.Learning.Graphs;

namespace Tandem.Learning.Backbones;

/// <summary>What HSTU's attention knows of each pair of steps besides their states. Q is T, or 1 for the last step alone.</summary>
/// <param name="Places">[Q, T] int64: how many places step j lies before step i; 0 where it lies after it.</param>
/// <param name="Buckets">[Q, T] int64: the bucket of |tᵢ − tⱼ|; null in a graph without times.</param>
/// <param name="Weight">1 / window where step j is not after step i, else 0: [T, T], or without axes for the last step.</param>
internal sealed record StepPairs(GraphValue Places, GraphValue? Buckets, GraphValue Weight)
{
    /// <param name="graph">The graph.</param>
    /// <param name="options">The backbone's.</param>
    /// <param name="steps">[1] int64: T.</param>
    /// <param name="times">[T] int64 unix seconds, or null.</param>
    public static StepPairs OfAll(OnnxGraph graph, HstuOptions options, GraphValue steps, GraphValue? times)
    {
        var places = Range(graph, steps);
        var share = graph.Node("Expand", [graph.Scalar(1f / options.Window), graph.Concat(0, steps, steps)]);
        return new(
            PlacesBetween(graph, places, places),
            times is { } known ? BucketsBetween(graph, options, known, known) : null,
            graph.Node("Trilu", [share], GraphAttribute.Of("upper", 0)));
    }

    /// <inheritdoc cref="OfAll"/>
    public static StepPairs OfLast(OnnxGraph graph, HstuOptions options, GraphValue steps, GraphValue? times)
    {
        var places = Range(graph, steps);
        return new(
            PlacesBetween(graph, graph.LastRow(places), places),
            times is { } known ? BucketsBetween(graph, options, graph.LastRow(known), known) : null,
            graph.Scalar(1f / options.Window));
    }

    private static GraphValue Range(OnnxGraph graph, GraphValue steps) =>
        graph.Node("Range", [graph.Scalar(0L), graph.Squeeze(steps, 0), graph.Scalar(1L)]);

    private static GraphValue PlacesBetween(OnnxGraph graph, GraphValue i, GraphValue j) =>
        graph.Node("Max", [graph.Subtract(graph.Unsqueeze(i, 1), j), graph.Scalar(0L)]);

    private static GraphValue BucketsBetween(OnnxGraph graph, HstuOptions options, GraphValue i, GraphValue j)
    {
        var apart = graph.Node("Abs", [graph.Subtract(graph.Unsqueeze(i, 1), j)]);      // int64: float32 holds no unix time
        var seconds = graph.Cast(graph.Node("Max", [apart, graph.Scalar(1L)]), GraphType.Float32);
        var bucket = graph.Divide(graph.Node("Log", [seconds]), graph.Scalar((float)Hstu.BucketWidth));
        return graph.Node("Min", [graph.Cast(bucket, GraphType.Int64), graph.Scalar(options.TimeBuckets - 1L)]);
    }
}
