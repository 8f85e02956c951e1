using Tandem.Learning.Backbones;
using Tandem.Learning.Graphs;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Export.Onnx;

/// <summary>Whole models: from ids to scores.</summary>
internal static class ModelGraph
{
    /// <param name="model">Its backbone's kind has a graph.</param>
    /// <param name="times">True to give the graph times where its backbone reads them.</param>
    /// <exception cref="NotSupportedException">The backbone has no graph.</exception>
    public static OnnxGraph Of(SequenceModel model, bool times)
    {
        if (BackboneKinds.Find(model.Backbone.Kind) is not { HasGraph: true } kind)
        {
            throw new NotSupportedException(
                $"backbone '{model.Backbone.Kind}' has no ONNX graph; expected one of: {BackboneKinds.Names(known => known.HasGraph)}");
        }

        using var scope = NewDisposeScope();
        var graph = new OnnxGraph();
        var history = History(graph, "history");
        GraphValue? when = times && model.Backbone.UsesTimes ? History(graph, "times") : null;
        var (items, targets) = Items(graph, model.Table());
        var layers = new GraphLayers(graph, model).Within("backbone");
        var state = kind.LastState(model.Backbone, new(layers, graph.Rows(items, history), graph.Length(history, 0), when));
        if (model.Normalized) state = graph.Normalize(state);
        state = graph.Squeeze(state, 0);                                                // [D]
        graph.Output("state", state, $"{model.Backbone.Width}");
        graph.Output("scores", graph.MatMul(targets, state), "N");
        return graph;
    }

    public static OnnxGraph Of(Din model)
    {
        var graph = new OnnxGraph();
        var history = History(graph, "history");
        var (items, targets) = Items(graph, model.Items.Weight);
        graph.Output("scores", DinGraph.Scores(new GraphLayers(graph, model), model.Options, graph.Rows(items, history), targets), "N");
        return graph;
    }

    /// <summary>[T] of an input [1, T].</summary>
    private static GraphValue History(OnnxGraph graph, string name) => graph.Squeeze(graph.Input(name, GraphType.Int64, "1", "T"), 0);

    /// <summary>The table, and [N, D] the candidates' rows.</summary>
    private static (GraphValue Items, GraphValue Targets) Items(OnnxGraph graph, Tensor table)
    {
        var candidates = graph.Input("candidates", GraphType.Int64, "N");
        var items = graph.Weight("items", TensorBytes.Of(table, TensorType.F32), table.shape);
        return (items, graph.Rows(items, candidates));
    }
}
