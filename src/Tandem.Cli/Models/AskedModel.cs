using Tandem.Learning.Runs;

namespace Tandem.Cli.Models;

/// <summary>A model by the name that was typed.</summary>
internal static class AskedModel
{
    /// <exception cref="UsageException">There is none; the message names the nearest.</exception>
    public static ModelKind Find(string name) => ModelKinds.All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UsageException(
            $"no model is called '{name}'{Nearest.Hint(name, ModelKinds.All.Select(kind => kind.Name))}; "
            + $"expected one of: {string.Join(", ", ModelKinds.All.Select(kind => kind.Name))}; see 'tandem train --help'");
}
