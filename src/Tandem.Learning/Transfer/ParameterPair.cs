namespace Tandem.Learning.Transfer;

/// <summary>A matrix that is written to, and those that are read for it.</summary>
/// <param name="Target">Of the model that is trained, see <see cref="ParameterView"/>.</param>
/// <param name="Sources">Of the other model; their rows stand below each other, so that all have one width.</param>
/// <param name="Group">Pairs of one group and of equal shapes share one adapter; null for an adapter of its own.</param>
public sealed record ParameterPair(string Target, IReadOnlyList<string> Sources, string? Group = null);
