using Tandem.Learning.Backbones;

namespace Tandem.Cli.Models;

/// <summary>All models by name.</summary>
internal static class ModelKinds
{
    public static IReadOnlyList<ModelKind> All { get; } =
    [
        new SequenceKind("sasrec", "self-attention over the history", new SasRecOptions()),
    ];

    public static ModelKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UsageException($"no model is called '{name}'; expected one of: {string.Join(", ", All.Select(kind => kind.Name))}");
}
