using Tandem.Learning.Graphs;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="Gru4Rec"/> up to the last state, by the operator GRU.</summary>
internal static class Gru4RecGraph
{
    /// <param name="layers">The backbone's.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="rows">[T, D] embedded items.</param>
    /// <returns>[1, D].</returns>
    public static GraphValue LastState(GraphLayers layers, Gru4RecOptions options, GraphValue rows)
    {
        var (graph, hidden) = (layers.Graph, options.Hidden ?? options.Width);
        var x = graph.Unsqueeze(graph.Multiply(rows, Math.Sqrt(options.Width)), 1);     // [T, 1, D]
        var (inputs, last) = (options.Width, default(GraphValue));
        for (var i = 0; i < options.Layers; i++)
        {
            (var all, last) = Layer(layers.Within($"layers.{i}"), inputs, hidden, x);
            if (i < options.Layers - 1) x = graph.Squeeze(all, 1);                      // [T, 1, hidden]
            inputs = hidden;
        }

        var state = graph.Squeeze(last, 0);                                             // [1, hidden]
        return layers.Has("output.weight") ? layers.Linear(state, "output") : state;
    }

    /// <param name="layers">The layer's.</param>
    /// <param name="inputs">Width of x.</param>
    /// <param name="hidden">Width of the states.</param>
    /// <param name="x">[T, 1, inputs].</param>
    /// <returns>[T, 1, 1, hidden] states of every step, [1, 1, hidden] the last.</returns>
    private static (GraphValue All, GraphValue Last) Layer(GraphLayers layers, int inputs, int hidden, GraphValue x)
    {
        var W = layers.Weight("input.zrn", Gates(layers, "weight_ih_l0", hidden), 1, 3 * hidden, inputs);
        var R = layers.Weight("state.zrn", Gates(layers, "weight_hh_l0", hidden), 1, 3 * hidden, hidden);
        byte[] biases = [.. Gates(layers, "bias_ih_l0", hidden), .. Gates(layers, "bias_hh_l0", hidden)];
        var B = layers.Weight("bias.zrn", biases, 1, 6 * hidden);
        var states = layers.Graph.Nodes(
            "GRU", 2, [x, W, R, B], GraphAttribute.Of("hidden_size", hidden), GraphAttribute.Of("linear_before_reset", 1));
        return (states[0], states[1]);
    }

    /// <summary>torch has the gates r, z, n one below the other; ONNX wants z, r, n.</summary>
    private static byte[] Gates(GraphLayers layers, string name, int hidden) =>
        layers.Rows(name, new(hidden, hidden), new(0, hidden), new(2 * hidden, hidden));
}
