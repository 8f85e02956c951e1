namespace Tandem.Learning.Graphs;

/// <summary>The operators that the networks are made of, as they are in opset 17.</summary>
internal static class GraphOperators
{
    public static GraphValue Add(this OnnxGraph graph, GraphValue a, GraphValue b) => graph.Node("Add", [a, b]);

    public static GraphValue Subtract(this OnnxGraph graph, GraphValue a, GraphValue b) => graph.Node("Sub", [a, b]);

    public static GraphValue Multiply(this OnnxGraph graph, GraphValue a, GraphValue b) => graph.Node("Mul", [a, b]);

    public static GraphValue Multiply(this OnnxGraph graph, GraphValue a, double factor) => graph.Multiply(a, graph.Scalar((float)factor));

    public static GraphValue Divide(this OnnxGraph graph, GraphValue a, GraphValue b) => graph.Node("Div", [a, b]);

    public static GraphValue MatMul(this OnnxGraph graph, GraphValue a, GraphValue b) => graph.Node("MatMul", [a, b]);

    /// <summary>a bᵀ + c.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="a">[N, I].</param>
    /// <param name="b">[O, I], as torch keeps weights.</param>
    /// <param name="c">[O], or null for 0.</param>
    public static GraphValue Gemm(this OnnxGraph graph, GraphValue a, GraphValue b, GraphValue? c) =>
        graph.Node("Gemm", c is null ? [a, b] : [a, b, c], GraphAttribute.Of("transB", 1));

    public static GraphValue Relu(this OnnxGraph graph, GraphValue x) => graph.Node("Relu", [x]);

    public static GraphValue Sigmoid(this OnnxGraph graph, GraphValue x) => graph.Node("Sigmoid", [x]);

    /// <summary>x σ(x).</summary>
    public static GraphValue Silu(this OnnxGraph graph, GraphValue x) => graph.Multiply(x, graph.Sigmoid(x));

    /// <summary>x Φ(x) = ½ x (1 + erf(x / √2)), node by node: Gelu became an operator with opset 20.</summary>
    public static GraphValue Gelu(this OnnxGraph graph, GraphValue x)
    {
        var erf = graph.Node("Erf", [graph.Divide(x, graph.Scalar(MathF.Sqrt(2)))]);
        return graph.Multiply(graph.Multiply(x, graph.Add(erf, graph.Scalar(1f))), 0.5);
    }

    /// <summary>Over the last axis.</summary>
    public static GraphValue Softmax(this OnnxGraph graph, GraphValue x) => graph.Node("Softmax", [x], GraphAttribute.Of("axis", -1));

    /// <summary>Over the last axis.</summary>
    public static GraphValue LayerNorm(this OnnxGraph graph, GraphValue x, GraphValue scale, GraphValue? bias, float epsilon) =>
        graph.Node(
            "LayerNormalization", bias is null ? [x, scale] : [x, scale, bias],
            GraphAttribute.Of("axis", -1), GraphAttribute.Of("epsilon", epsilon));

    /// <summary>Over the last axis, without weights.</summary>
    public static GraphValue BareNorm(this OnnxGraph graph, GraphValue x, int width, float epsilon)
    {
        var ones = new float[width];
        Array.Fill(ones, 1);
        return graph.LayerNorm(x, graph.Vector(ones), bias: null, epsilon);
    }

    /// <summary>Rows of a table: [R, …] and [N] int64 → [N, …].</summary>
    public static GraphValue Rows(this OnnxGraph graph, GraphValue table, GraphValue index) => graph.Node("Gather", [table, index]);

    /// <summary>[T, …] → [1, …], the last.</summary>
    public static GraphValue LastRow(this OnnxGraph graph, GraphValue x) => graph.Rows(x, graph.Vector(-1));

    /// <summary>[R, …] and [1] int64 n → [n, …], the first.</summary>
    public static GraphValue FirstRows(this OnnxGraph graph, GraphValue x, GraphValue count) =>
        graph.Node("Slice", [x, graph.Vector(0), count]);

    /// <param name="graph">The graph.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="lengths">One may be −1, what is left; 0 keeps the axis of its place.</param>
    public static GraphValue Reshape(this OnnxGraph graph, GraphValue x, params long[] lengths) =>
        graph.Node("Reshape", [x, graph.Vector(lengths)]);

    public static GraphValue Cast(this OnnxGraph graph, GraphValue x, GraphType type) =>
        graph.Node("Cast", [x], GraphAttribute.Of("to", (int)type));

    public static GraphValue Unsqueeze(this OnnxGraph graph, GraphValue x, long axis) => graph.Node("Unsqueeze", [x, graph.Vector(axis)]);

    public static GraphValue Squeeze(this OnnxGraph graph, GraphValue x, long axis) => graph.Node("Squeeze", [x, graph.Vector(axis)]);

    public static GraphValue Transpose(this OnnxGraph graph, GraphValue x, params int[] axes) =>
        graph.Node("Transpose", [x], GraphAttribute.Of("perm", axes));

    public static GraphValue Concat(this OnnxGraph graph, int axis, params GraphValue?[] parts) =>
        graph.Node("Concat", parts, GraphAttribute.Of("axis", axis));

    /// <summary>Parts of the last axis, side by side.</summary>
    public static GraphValue[] Split(this OnnxGraph graph, GraphValue x, params long[] widths) =>
        graph.Nodes("Split", widths.Length, [x, graph.Vector(widths)], GraphAttribute.Of("axis", -1));

    /// <summary>[1] int64: the length of one axis.</summary>
    public static GraphValue Length(this OnnxGraph graph, GraphValue x, int axis) =>
        graph.Node("Shape", [x], GraphAttribute.Of("start", axis), GraphAttribute.Of("end", axis + 1));

    /// <summary>x / max(‖x‖₂, 10⁻¹²) over the last axis, as torch's normalize.</summary>
    public static GraphValue Normalize(this OnnxGraph graph, GraphValue x)
    {
        var length = graph.Node("ReduceL2", [x], GraphAttribute.Of("axes", [-1]), GraphAttribute.Of("keepdims", 1));
        return graph.Divide(x, graph.Node("Max", [length, graph.Scalar(1e-12f)]));
    }
}
