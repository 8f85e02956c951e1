namespace Tandem.Learning.Graphs;

/// <summary>An input or output of an exported graph.</summary>
/// <param name="Name">By which a runtime feeds or reads it.</param>
/// <param name="Type"><c>int64</c> or <c>float32</c>.</param>
/// <param name="Axes">Each axis: its length, or the letter of one that is free.</param>
public sealed record OnnxPort(string Name, string Type, IReadOnlyList<string> Axes)
{
    /// <summary>Name, type and axes, such as <c>history int64 [1, T]</c>.</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Axes)}]";
}
