using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Graphs;

/// <summary>
/// Layers of a trained network in a graph. Initializers have the names that the parameters have in checkpoints.
/// </summary>
internal sealed class GraphLayers
{
    private const float NormEpsilon = 1e-5f; // torch's default

    private readonly Dictionary<string, Parameter> _parameters;
    private readonly string _prefix;

    public GraphLayers(OnnxGraph graph, nn.Module network)
        : this(graph, network.named_parameters().ToDictionary(p => p.name, p => p.parameter), prefix: "")
    {
    }

    private GraphLayers(OnnxGraph graph, Dictionary<string, Parameter> parameters, string prefix) =>
        (Graph, _parameters, _prefix) = (graph, parameters, prefix);

    public OnnxGraph Graph { get; }

    /// <summary>Those of a module within.</summary>
    public GraphLayers Within(string module) => new(Graph, _parameters, $"{_prefix}{module}.");

    public bool Has(string name) => _parameters.ContainsKey(_prefix + name);

    /// <summary>A parameter as it is.</summary>
    public GraphValue Weight(string name)
    {
        var parameter = _parameters[_prefix + name];
        return Graph.Weight(_prefix + name, TensorBytes.Of(parameter, TensorType.F32), parameter.shape);
    }

    /// <summary>Values made of parameters, under a name of this module.</summary>
    /// <param name="name">Unlike those of the parameters.</param>
    /// <param name="data">Row-major float32.</param>
    /// <param name="shape">Of the values.</param>
    public GraphValue Weight(string name, byte[] data, params long[] shape) => Graph.Weight(_prefix + name, data, shape);

    /// <summary>W x + b, or W x where the layer has no bias.</summary>
    /// <param name="x">[N, I].</param>
    /// <param name="name">Of the layer.</param>
    /// <returns>[N, O].</returns>
    public GraphValue Linear(GraphValue x, string name) =>
        Graph.Gemm(x, Weight($"{name}.weight"), Has($"{name}.bias") ? Weight($"{name}.bias") : null);

    /// <summary>Some of a layer's outputs.</summary>
    /// <param name="x">[N, I].</param>
    /// <param name="name">Of the layer.</param>
    /// <param name="part">What the outputs are, for their weights' names.</param>
    /// <param name="outputs">Runs of outputs, n in all.</param>
    /// <returns>[N, n].</returns>
    public GraphValue Linear(GraphValue x, string name, string part, params Run[] outputs)
    {
        var bias = Has($"{name}.bias") ? Part($"{name}.bias", part, outputs) : (GraphValue?)null;
        return Graph.Gemm(x, Part($"{name}.weight", part, outputs), bias);
    }

    /// <summary>LayerNorm over the last axis, with weights.</summary>
    public GraphValue Norm(GraphValue x, string name) =>
        Graph.LayerNorm(x, Weight($"{name}.weight"), Weight($"{name}.bias"), NormEpsilon);

    /// <summary>max(0, x) + slope min(0, x), with one slope.</summary>
    public GraphValue PRelu(GraphValue x, string name) => Graph.Node("PRelu", [x, Weight($"{name}.weight")]);

    /// <summary>The values of runs of a parameter's rows, one below the other.</summary>
    public byte[] Rows(string name, params Run[] runs)
    {
        var parameter = _parameters[_prefix + name];
        var rowBytes = (int)(sizeof(float) * parameter.numel() / parameter.shape[0]);
        var rows = TensorBytes.Of(parameter, TensorType.F32);
        var data = new byte[runs.Sum(run => run.Count) * rowBytes];
        var written = 0;
        foreach (var (first, count) in runs)
        {
            rows.AsSpan(first * rowBytes, count * rowBytes).CopyTo(data.AsSpan(written));
            written += count * rowBytes;
        }

        return data;
    }

    private GraphValue Part(string name, string part, Run[] runs)
    {
        long[] shape = [runs.Sum(run => run.Count), .. _parameters[_prefix + name].shape[1..]];
        return Weight($"{name}.{part}", Rows(name, runs), shape);
    }

    /// <summary>Neighbouring rows of a parameter.</summary>
    public readonly record struct Run(int First, int Count);
}
