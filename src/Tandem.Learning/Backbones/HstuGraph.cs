using Tandem.Learning.Graphs;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="Hstu"/> up to the last state. The last block works for that state alone.</summary>
internal static class HstuGraph
{
    private const float BlockEpsilon = 1e-6f; // of the norms inside blocks, as in HstuBlock

    /// <param name="layers">The backbone's.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="rows">[T, D] embedded items.</param>
    /// <param name="steps">[1] int64: T.</param>
    /// <param name="times">[T] int64 unix seconds; null for a graph without times.</param>
    /// <returns>[1, D].</returns>
    public static GraphValue LastState(GraphLayers layers, HstuOptions options, GraphValue rows, GraphValue steps, GraphValue? times)
    {
        var graph = layers.Graph;
        var scaled = graph.Multiply(rows, Math.Sqrt(options.Width));
        var x = graph.Add(scaled, graph.FirstRows(layers.Weight("position"), steps));   // [T, D]
        if (options.Blocks > 1)
        {
            var pairs = StepPairs.OfAll(graph, options, steps, times);
            for (var i = 0; i < options.Blocks - 1; i++) x = Block(layers.Within($"blocks.{i}"), options, x, pairs);
        }

        x = LastBlock(layers.Within($"blocks.{options.Blocks - 1}"), options, x, StepPairs.OfLast(graph, options, steps, times));
        return layers.Norm(x, "norm");
    }

    /// <summary>[T, D] → [T, D].</summary>
    private static GraphValue Block(GraphLayers layers, HstuOptions options, GraphValue x, StepPairs pairs)
    {
        var (graph, linear, attention) = (layers.Graph, options.Heads * options.LinearWidth, options.Heads * options.AttentionWidth);
        var normed = graph.BareNorm(x, options.Width, BlockEpsilon);
        var parts = graph.Split(graph.Silu(layers.Linear(normed, "uvqk")), linear, linear, attention, attention);
        return Read(layers, options, x, parts[0], parts[1], parts[2], parts[3], pairs);
    }

    /// <summary>[T, D] → [1, D]: of the earlier steps nothing but values and keys.</summary>
    private static GraphValue LastBlock(GraphLayers layers, HstuOptions options, GraphValue x, StepPairs pairs)
    {
        var (graph, linear, attention) = (layers.Graph, options.Heads * options.LinearWidth, options.Heads * options.AttentionWidth);
        var normed = graph.BareNorm(x, options.Width, BlockEpsilon);
        var own = layers.Linear(
            graph.LastRow(normed), "uvqk", "gates_queries", new(0, linear), new(2 * linear, attention));
        var uq = graph.Split(graph.Silu(own), linear, attention);
        var all = layers.Linear(normed, "uvqk", "values_keys", new(linear, linear), new(2 * linear + attention, attention));
        var vk = graph.Split(graph.Silu(all), linear, attention);
        return Read(layers, options, graph.LastRow(x), uq[0], vk[0], uq[1], vk[1], pairs);
    }

    /// <summary>x + W₂ (LN(A V) ⊙ U), A = silu(Q Kᵀ + bias) / N.</summary>
    private static GraphValue Read(
        GraphLayers layers, HstuOptions options, GraphValue x, GraphValue u, GraphValue v, GraphValue q, GraphValue k, StepPairs pairs)
    {
        var (graph, H) = (layers.Graph, options.Heads);
        var bias = graph.Rows(layers.Weight("position_bias"), pairs.Places);
        if (pairs.Buckets is { } buckets) bias = graph.Add(bias, graph.Rows(layers.Weight("time_bias"), buckets));
        var Q = AttentionGraph.Heads(graph, q, H, options.AttentionWidth);
        var K = AttentionGraph.TransposedHeads(graph, k, H, options.AttentionWidth);
        var A = graph.Multiply(graph.Silu(graph.Add(graph.MatMul(Q, K), bias)), pairs.Weight);
        var read = AttentionGraph.Join(
            graph, graph.MatMul(A, AttentionGraph.Heads(graph, v, H, options.LinearWidth)), H, options.LinearWidth);
        read = graph.BareNorm(read, H * options.LinearWidth, BlockEpsilon);             // over all heads at once
        return graph.Add(x, layers.Linear(graph.Multiply(read, u), "output"));
    }
}
