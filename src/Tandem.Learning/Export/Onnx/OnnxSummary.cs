using Tandem.Learning.Graphs;
namespace Tandem.Learning.Export.Onnx;

/// <summary>An exported file.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Inputs">In the graph's order.</param>
/// <param name="Outputs">In the graph's order.</param>
public sealed record OnnxSummary(long Bytes, IReadOnlyList<OnnxPort> Inputs, IReadOnlyList<OnnxPort> Outputs);
