using Tandem.Learning.Backbones;
using Tandem.Learning.Graphs;

namespace Tandem.Learning.Export.Onnx;

/// <summary><see cref="Din"/>: scores of candidates before one history.</summary>
internal static class DinGraph
{
    /// <param name="layers">The model's.</param>
    /// <param name="options">Widths.</param>
    /// <param name="history">[T, D] embedded items.</param>
    /// <param name="targets">[N, D] embedded candidates.</param>
    /// <returns>[N].</returns>
    public static GraphValue Scores(GraphLayers layers, DinOptions options, GraphValue history, GraphValue targets)
    {
        var (graph, scale) = (layers.Graph, Math.Sqrt(options.Width));
        var (h, t) = (graph.Multiply(history, scale), graph.Multiply(targets, scale));
        var u = graph.MatMul(Attention(layers, options, h, t), h);                      // [N, D]
        var x = layers.PRelu(layers.Linear(graph.Concat(1, u, t, graph.Multiply(u, t)), "hidden"), "hidden_slope");
        x = layers.PRelu(layers.Linear(x, "last_hidden"), "last_hidden_slope");
        return graph.Squeeze(layers.Linear(x, "output"), 1);
    }

    /// <summary>a(h, t) = w · f(Wₕ h + (Wₜ + Wₚ ∘ h) t) + c, [N, T].</summary>
    private static GraphValue Attention(GraphLayers layers, DinOptions options, GraphValue h, GraphValue t)
    {
        var (graph, D, K) = (layers.Graph, options.Width, options.AttentionHidden);
        var own = graph.Reshape(layers.Linear(h, "attention_history"), -1);             // [T K]
        var product = graph.Multiply(layers.Weight("attention_product.weight"), graph.Unsqueeze(h, 1)); // [T, K, D]
        var mixed = graph.Reshape(graph.Add(layers.Weight("attention_target.weight"), product), -1, D); // [T K, D]
        var z = graph.Reshape(graph.Gemm(t, mixed, own), -1, K);                        // [N T, K]
        var a = layers.Linear(layers.PRelu(z, "attention_slope"), "attention_output");  // [N T, 1]
        return graph.Node("Reshape", [a, graph.Concat(0, graph.Length(t, 0), graph.Length(h, 0))]);
    }
}
