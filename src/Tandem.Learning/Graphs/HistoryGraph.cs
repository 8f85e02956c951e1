namespace Tandem.Learning.Graphs;

/// <summary>A graph as far as a backbone finds it: the history's rows.</summary>
/// <param name="Layers">The backbone's.</param>
/// <param name="Rows">[T, D] embedded items.</param>
/// <param name="Steps">[1] int64: T.</param>
/// <param name="Times">[T] int64 unix seconds; null for a graph without times.</param>
internal readonly record struct HistoryGraph(GraphLayers Layers, GraphValue Rows, GraphValue Steps, GraphValue? Times);
