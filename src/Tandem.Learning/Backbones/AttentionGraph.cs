using Tandem.Learning.Graphs;
namespace Tandem.Learning.Backbones;

/// <summary>softmax(Q Kᵀ / √F) V in H heads, of all steps or of the last alone. One history, so there is no batch axis.</summary>
internal static class AttentionGraph
{
    /// <param name="layers">Those of a block: <c>qkv</c> is asked for.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="width">D.</param>
    /// <param name="heads">H.</param>
    /// <param name="mask">[T, T], added to logits.</param>
    /// <returns>[T, D].</returns>
    public static GraphValue Attend(GraphLayers layers, GraphValue x, int width, int heads, GraphValue mask)
    {
        var qkv = layers.Graph.Split(layers.Linear(x, "qkv"), width, width, width);
        return Read(layers.Graph, qkv[0], qkv[1], qkv[2], width, heads, mask);
    }

    /// <summary>The last step sees all others, so it needs no mask; the others are asked for keys and values alone.</summary>
    /// <returns>[1, D].</returns>
    public static GraphValue AttendLast(GraphLayers layers, GraphValue x, int width, int heads)
    {
        var graph = layers.Graph;
        var queries = layers.Linear(graph.LastRow(x), "qkv", "queries", new GraphLayers.Run(0, width));
        var kv = graph.Split(layers.Linear(x, "qkv", "keys_values", new GraphLayers.Run(width, 2 * width)), width, width);
        return Read(graph, queries, kv[0], kv[1], width, heads, mask: null);
    }

    /// <summary>[T, H F] → [H, T, F], or [T, F] as it is where there is one head.</summary>
    public static GraphValue Heads(OnnxGraph graph, GraphValue x, int heads, int width) =>
        heads == 1 ? x : graph.Transpose(graph.Reshape(x, 0, heads, width), 1, 0, 2);

    /// <summary>[T, H F] → [H, F, T], or [F, T] where there is one head.</summary>
    public static GraphValue TransposedHeads(OnnxGraph graph, GraphValue x, int heads, int width) =>
        heads == 1 ? graph.Transpose(x, 1, 0) : graph.Transpose(graph.Reshape(x, 0, heads, width), 1, 2, 0);

    /// <summary>What <see cref="Heads"/> made, side by side again.</summary>
    public static GraphValue Join(OnnxGraph graph, GraphValue x, int heads, int width) =>
        heads == 1 ? x : graph.Reshape(graph.Transpose(x, 1, 0, 2), 0, heads * width);

    private static GraphValue Read(OnnxGraph graph, GraphValue q, GraphValue k, GraphValue v, int width, int heads, GraphValue? mask)
    {
        var each = width / heads;
        var (Q, K, V) = (Heads(graph, q, heads, each), TransposedHeads(graph, k, heads, each), Heads(graph, v, heads, each));
        var logits = graph.Multiply(graph.MatMul(Q, K), 1 / Math.Sqrt(each));
        if (mask is { } added) logits = graph.Add(logits, added);
        return Join(graph, graph.MatMul(graph.Softmax(logits), V), heads, each);
    }
}
