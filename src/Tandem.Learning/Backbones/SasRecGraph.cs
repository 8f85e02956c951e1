using Tandem.Learning.Graphs;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="SasRec"/> up to the last state. The last block works for that state alone.</summary>
internal static class SasRecGraph
{
    /// <param name="layers">The backbone's.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="rows">[T, D] embedded items.</param>
    /// <param name="steps">[1] int64: T.</param>
    /// <returns>[1, D].</returns>
    public static GraphValue LastState(GraphLayers layers, SasRecOptions options, GraphValue rows, GraphValue steps)
    {
        var graph = layers.Graph;
        var scaled = graph.Multiply(rows, Math.Sqrt(options.Width));
        var x = graph.Add(scaled, graph.FirstRows(layers.Weight("position"), steps));   // [T, D]
        GraphValue? mask = options.Blocks > 1 ? Mask(graph, steps) : null;
        for (var i = 0; i < options.Blocks; i++)
            x = Block(layers.Within($"blocks.{i}"), options, x, i < options.Blocks - 1 ? mask : null);
        return layers.Norm(x, "norm");
    }

    /// <param name="layers">The block's.</param>
    /// <param name="options">The backbone's shape.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="mask">[T, T]; null for the last step alone.</param>
    /// <returns>[T, D], or [1, D].</returns>
    private static GraphValue Block(GraphLayers layers, SasRecOptions options, GraphValue x, GraphValue? mask)
    {
        var (graph, width, heads) = (layers.Graph, options.Width, options.Heads);
        var normed = layers.Norm(x, "attention_norm");
        var a = mask is { } given
            ? AttentionGraph.Attend(layers, normed, width, heads, given)
            : AttentionGraph.AttendLast(layers, normed, width, heads);
        if (mask is null) x = graph.LastRow(x);
        a = layers.Linear(a, "output");
        return options.Block == SasRecBlockKind.Ligr ? Ligr(layers, options, x, a) : PreNorm(layers, options, x, a);
    }

    /// <summary>x += a; x + W₂ f(W₁ LN(x)).</summary>
    private static GraphValue PreNorm(GraphLayers layers, SasRecOptions options, GraphValue x, GraphValue a)
    {
        var graph = layers.Graph;
        x = graph.Add(x, a);
        var h = layers.Linear(layers.Norm(x, "feed_forward_norm"), "expand");
        h = options.Activation == FeedForwardActivation.Gelu ? graph.Gelu(h) : graph.Relu(h);
        return graph.Add(x, layers.Linear(h, "contract"));
    }

    /// <summary>x += σ(G₁ x) ⊙ a; x + σ(G₂ x) ⊙ SwiGLU(LN(x)).</summary>
    private static GraphValue Ligr(GraphLayers layers, SasRecOptions options, GraphValue x, GraphValue a)
    {
        var (graph, inner) = (layers.Graph, options.FeedForwardMultiple * options.Width);
        x = graph.Add(x, graph.Multiply(graph.Sigmoid(layers.Linear(x, "attention_gate")), a));
        var parts = graph.Split(layers.Linear(layers.Norm(x, "feed_forward_norm"), "expand"), inner, inner);
        var h = layers.Linear(graph.Multiply(graph.Silu(parts[0]), parts[1]), "contract");
        return graph.Add(x, graph.Multiply(graph.Sigmoid(layers.Linear(x, "feed_forward_gate")), h));
    }

    /// <summary>
    /// [T, T]: 0 where step j is not after step i, else as low as a float can be. It is finite, so that no runtime makes NaN of 0 × ∞.
    /// </summary>
    private static GraphValue Mask(OnnxGraph graph, GraphValue steps)
    {
        var low = graph.Node("Expand", [graph.Scalar(float.MinValue), graph.Concat(0, steps, steps)]);
        return graph.Node("Trilu", [low, graph.Scalar(1L)], GraphAttribute.Of("upper", 1));
    }
}
