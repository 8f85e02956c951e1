namespace Tandem.Data;

/// <summary>What a source tells of an item.</summary>
/// <param name="Key">The source's own name of the item.</param>
/// <param name="Title">Text for people and language models; null where the source has none.</param>
/// <param name="Categories">Names of genres or categories, without <c>|</c>; empty where the source has none.</param>
/// <param name="SemanticIds">Codes from coarse to fine, each 0 or more; null where the source has none.</param>
public sealed record ItemDescription(string Key, string? Title, IReadOnlyList<string> Categories, IReadOnlyList<int>? SemanticIds);
