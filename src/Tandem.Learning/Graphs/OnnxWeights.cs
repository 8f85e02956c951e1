using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Tandem.Learning.Graphs;

/// <summary>
/// The initializers of an ONNX model by name: matrices of a pretrained network that comes as a graph. Field numbers are those of
/// onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
/// </summary>
/// <remarks>
/// An exporter may turn the matrix of a linear layer round and name it by a number. Where a product with such a matrix is followed by the
/// sum with <c>X.bias</c>, it is <c>X.weight</c>, [outputs, inputs], as in the checkpoint that was exported.
/// </remarks>
public static class OnnxWeights
{
    private const int Graph = 7, Node = 1, Initializer = 5;                             // of ModelProto, GraphProto
    private const int Input = 1, Output = 2, Operator = 4;                              // of NodeProto
    private const string Bias = ".bias", Weight = ".weight";
    private const int Dims = 1, DataType = 2, FloatData = 4, Name = 8, RawData = 9, DoubleData = 10, ExternalData = 13;
    private const int Float = 1, HalfFloat = 10, Double = 11, BrainFloat = 16;               // of TensorProto.DataType

    /// <summary>Reads all initializers of floating-point numbers.</summary>
    /// <param name="model">A file in ONNX form; read to its end.</param>
    /// <returns>Shapes and values, row-major as float32, in the file's order.</returns>
    /// <exception cref="InvalidDataException">It is no ONNX model, is cut off, or its weights lie in other files.</exception>
    public static IReadOnlyList<OnnxWeight> Read(Stream model)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            var weights = new List<OnnxWeight>();
            var graphs = 0;
            using var input = new CodedInputStream(model, leaveOpen: true);
            while (input.ReadTag() is var tag and not 0)
            {
                if (!IsMessage(tag, Graph)) input.SkipLastField();
                else if (graphs++ == 0) ReadGraph(input.ReadBytes().CreateCodedInput(), weights);
                else throw new InvalidDataException("the model has two graphs; expected one");
            }

            return graphs == 0 ? throw new InvalidDataException("there is no graph in it; expected a model in ONNX form") : weights;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"it is no ONNX model or is cut off: {e.Message}", e);
        }
    }

    private static void ReadGraph(CodedInputStream input, List<OnnxWeight> weights)
    {
        var (names, nodes) = (new HashSet<string>(StringComparer.Ordinal), new List<OnnxNode>());
        while (input.ReadTag() is var tag and not 0)
        {
            if (IsMessage(tag, Node))
            {
                nodes.Add(ReadNode(input.ReadBytes().CreateCodedInput()));
            }
            else if (!IsMessage(tag, Initializer))
            {
                input.SkipLastField();
            }
            else if (ReadTensor(input.ReadBytes().CreateCodedInput()) is { } weight)
            {
                if (!names.Add(weight.Name)) throw new InvalidDataException($"initializer '{weight.Name}' is there twice");
                weights.Add(weight);
            }
        }

        foreach (var (matrix, layer) in LayersOf(nodes, names))
        {
            var place = weights.FindIndex(weight => weight.Name == matrix);
            if (weights[place].Shape.Count == 2) weights[place] = weights[place].Transposed(layer + Weight);
        }
    }

    /// <summary>Matrices that were folded, with the layers whose biases follow their products.</summary>
    private static IEnumerable<(string Matrix, string Layer)> LayersOf(List<OnnxNode> nodes, HashSet<string> names)
    {
        var products = nodes.Where(node => node.Operator == "MatMul" && node.Inputs.Count == 2 && node.Outputs.Count == 1
            && names.Contains(node.Inputs[1])).ToLookup(node => node.Outputs[0], node => node.Inputs[1], StringComparer.Ordinal);
        var taken = new HashSet<string>(names, StringComparer.Ordinal);
        foreach (var sum in nodes.Where(node => node.Operator == "Add" && node.Inputs.Count == 2))
        {
            foreach (var (bias, product) in new[] { (sum.Inputs[0], sum.Inputs[1]), (sum.Inputs[1], sum.Inputs[0]) })
            {
                if (!names.Contains(bias) || !bias.EndsWith(Bias, StringComparison.Ordinal)) continue;
                var layer = bias[..^Bias.Length];
                if (products[product].SingleOrDefault() is { } matrix && taken.Add(layer + Weight)) yield return (matrix, layer);
            }
        }
    }

    private static OnnxNode ReadNode(CodedInputStream input)
    {
        var node = new OnnxNode([], []);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case Input: node.Inputs.Add(input.ReadString()); break;
                case Output: node.Outputs.Add(input.ReadString()); break;
                case Operator: node = node with { Operator = input.ReadString() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return node;
    }

    /// <summary>A tensor; null where it holds no floating-point numbers.</summary>
    private static OnnxWeight? ReadTensor(CodedInputStream input)
    {
        var (shape, type, name) = (new List<long>(), 0, "");
        var (raw, values) = (ByteString.Empty, new List<float>());
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case Dims: ReadEach(input, tag, WireFormat.WireType.Varint, each => shape.Add(each.ReadInt64())); break;
                case DataType: type = input.ReadInt32(); break;
                case FloatData: ReadEach(input, tag, WireFormat.WireType.Fixed32, each => values.Add(each.ReadFloat())); break;
                case DoubleData: ReadEach(input, tag, WireFormat.WireType.Fixed64, each => values.Add((float)each.ReadDouble())); break;
                case Name: name = input.ReadString(); break;
                case RawData: raw = input.ReadBytes(); break;
                case ExternalData:
                    throw new InvalidDataException($"the weights of '{name}' lie in another file; expected them in the model's");
                default: input.SkipLastField(); break;
            }
        }

        if (type is not (Float or HalfFloat or Double or BrainFloat)) return null;
        var floats = raw.IsEmpty ? [.. values] : Singles(raw.Span, type, name);
        if (shape.Any(length => length < 0) || shape.Aggregate(BigInteger.One, (size, length) => size * length) != floats.Length)
        {
            throw new InvalidDataException(
                $"initializer '{name}' has {floats.Length} numbers, expected the product of its shape, [{string.Join(", ", shape)}]");
        }

        return new(name, shape, floats);
    }

    /// <summary>A repeated field, packed or one by one.</summary>
    private static void ReadEach(CodedInputStream input, uint tag, WireFormat.WireType single, Action<CodedInputStream> read)
    {
        if (WireFormat.GetTagWireType(tag) == single)
        {
            read(input);
            return;
        }

        var packed = input.ReadBytes().CreateCodedInput();
        while (!packed.IsAtEnd) read(packed);
    }

    private static float[] Singles(ReadOnlySpan<byte> raw, int type, string name)
    {
        var size = type switch { Float => 4, Double => 8, _ => 2 };
        if (raw.Length % size != 0)
            throw new InvalidDataException($"initializer '{name}' has {raw.Length} bytes, expected a multiple of {size}");
        var values = new float[raw.Length / size];
        switch (type)
        {
            case Float:
                MemoryMarshal.Cast<byte, float>(raw).CopyTo(values);
                break;
            case Double:
                for (var i = 0; i < values.Length; i++) values[i] = (float)MemoryMarshal.Cast<byte, double>(raw)[i];
                break;
            case HalfFloat:
                for (var i = 0; i < values.Length; i++) values[i] = (float)MemoryMarshal.Cast<byte, Half>(raw)[i];
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Cast<byte, ushort>(raw)[i] << 16);
                break;
        }

        return values;
    }

    private static bool IsMessage(uint tag, int field) =>
        WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited;

    private sealed record OnnxNode(List<string> Inputs, List<string> Outputs, string Operator = "");
}
