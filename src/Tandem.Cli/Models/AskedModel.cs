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

    /// <exception cref="UsageException">The model has no such preset.</exception>
    public static Preset FindPreset(ModelKind kind, string name) => kind.Presets.FirstOrDefault(preset => preset.Name == name)
        ?? throw new UsageException(kind.Presets.Count == 0
            ? $"--preset {name}: '{kind.Name}' has no presets; leave the option out, or give a file with --config"
            : $"--preset {name}: '{kind.Name}' has none of this name; expected one of: "
                + string.Join(", ", kind.Presets.Select(preset => preset.Name)));
}
