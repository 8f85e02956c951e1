using System.Runtime.InteropServices;

namespace Tandem.Learning.Graphs;

/// <summary>
/// A graph in the making: inputs, initializers, nodes in the order of their computation, outputs. Field numbers are those of
/// onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
/// </summary>
internal sealed class OnnxGraph
{
    private readonly List<ProtoMessage> _nodes = [];
    private readonly List<ProtoMessage> _initializers = [];
    private readonly List<(OnnxPort Port, ProtoMessage Message)> _inputs = [];
    private readonly List<(OnnxPort Port, ProtoMessage Message)> _outputs = [];

    public IReadOnlyList<OnnxPort> Inputs => [.. _inputs.Select(input => input.Port)];

    public IReadOnlyList<OnnxPort> Outputs => [.. _outputs.Select(output => output.Port)];

    /// <param name="name">Of the port.</param>
    /// <param name="type">Of its elements.</param>
    /// <param name="axes">Lengths, or letters of free axes.</param>
    public GraphValue Input(string name, GraphType type, params string[] axes)
    {
        _inputs.Add(Port(name, type, axes));
        return new(name);
    }

    /// <summary>Gives float32 values out under a name of their own.</summary>
    public void Output(string name, GraphValue value, params string[] axes)
    {
        _outputs.Add(Port(name, GraphType.Float32, axes));
        AddNode("Identity", [value], [name], []);
    }

    /// <summary>One number, without axes.</summary>
    public GraphValue Scalar(float value) => Constant(GraphType.Float32, MemoryMarshal.AsBytes([value]).ToArray());

    /// <summary>One number, without axes.</summary>
    public GraphValue Scalar(long value) => Constant(GraphType.Int64, MemoryMarshal.AsBytes([value]).ToArray());

    /// <summary>A short vector, such as a shape.</summary>
    public GraphValue Vector(params long[] values) =>
        Constant(GraphType.Int64, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), values.Length);

    /// <summary>A vector that is no parameter.</summary>
    public GraphValue Vector(float[] values) =>
        Constant(GraphType.Float32, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), values.Length);

    /// <summary>Weights, row-major float32.</summary>
    /// <param name="name">Unique in the graph.</param>
    /// <param name="data">Little-endian; not copied.</param>
    /// <param name="shape">Its product × 4 is the length of the data.</param>
    public GraphValue Weight(string name, ReadOnlyMemory<byte> data, params long[] shape) =>
        AddInitializer(name, GraphType.Float32, data, shape);

    /// <summary>A node with one output.</summary>
    public GraphValue Node(string op, GraphValue?[] inputs, params GraphAttribute[] attributes) => Nodes(op, 1, inputs, attributes)[0];

    /// <summary>A node with several outputs.</summary>
    /// <param name="op">Operator of the default domain.</param>
    /// <param name="outputs">How many.</param>
    /// <param name="inputs">Null for an optional one that is left out.</param>
    /// <param name="attributes">What is not at its default.</param>
    public GraphValue[] Nodes(string op, int outputs, GraphValue?[] inputs, params GraphAttribute[] attributes)
    {
        var names = Enumerable.Range(0, outputs).Select(i => $"{op}_{_nodes.Count}" + (i == 0 ? "" : $"_{i}")).ToArray();
        AddNode(op, inputs, names, attributes);
        return [.. names.Select(name => new GraphValue(name))];
    }

    /// <summary>The GraphProto.</summary>
    public ProtoMessage ToMessage(string name)
    {
        const int nodeField = 1, nameField = 2, initializerField = 5, inputField = 11, outputField = 12;
        var message = new ProtoMessage();
        foreach (var node in _nodes) message.Add(nodeField, node);
        message.Add(nameField, name);
        foreach (var initializer in _initializers) message.Add(initializerField, initializer);
        foreach (var (_, input) in _inputs) message.Add(inputField, input);
        foreach (var (_, output) in _outputs) message.Add(outputField, output);
        return message;
    }

    private static (OnnxPort Port, ProtoMessage Message) Port(string name, GraphType type, string[] axes) =>
        (new(name, type == GraphType.Float32 ? "float32" : "int64", axes), ValueInfo.Of(name, type, axes));

    private void AddNode(string op, GraphValue?[] inputs, string[] outputs, GraphAttribute[] attributes)
    {
        const int inputField = 1, outputField = 2, nameField = 3, opField = 4, attributeField = 5;
        var node = new ProtoMessage();
        foreach (var input in inputs) node.Add(inputField, input?.Name ?? "");
        foreach (var output in outputs) node.Add(outputField, output);
        node.Add(nameField, $"node_{_nodes.Count}").Add(opField, op);
        foreach (var attribute in attributes) node.Add(attributeField, attribute.Message);
        _nodes.Add(node);
    }

    private GraphValue Constant(GraphType type, byte[] data, params long[] shape) =>
        AddInitializer($"constant_{_initializers.Count}", type, data, shape);

    private GraphValue AddInitializer(string name, GraphType type, ReadOnlyMemory<byte> data, long[] shape)
    {
        const int axisField = 1, typeField = 2, nameField = 8, dataField = 9;
        var tensor = new ProtoMessage();
        foreach (var length in shape) tensor.Add(axisField, length);
        _initializers.Add(tensor.Add(typeField, (int)type).Add(nameField, name).Add(dataField, data));
        return new(name);
    }
}
