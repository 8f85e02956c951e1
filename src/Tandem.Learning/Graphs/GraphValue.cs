namespace Tandem.Learning.Graphs;

/// <summary>A tensor of a graph: an input, an initializer, or what a node gives.</summary>
/// <param name="Name">Unique in its graph.</param>
internal readonly record struct GraphValue(string Name);
