using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Learning.Layers;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;

namespace Tandem.Cli.Models;

/// <summary>
/// The recipe that a command asks for: defaults, over them a preset, over that a configuration's file, over that the command line. What
/// the command line says twice, by an option and by <c>--set</c>, has to agree; so has what the file says twice.
/// </summary>
internal sealed class AskedRecipe
{
    private const string SeedPath = "training.seed", EpochsPath = "training.epochs", ControlPath = "backbone.control",
        MaskPath = "loss.maskSeen", MembersPath = "members", SourcePath = "parameters.source", CheckpointPath = "checkpoint",
        LoraPath = "lora", AcceleratorPath = "accelerator";

    private readonly ModelKind _kind;
    private readonly RunRecipe _file;
    private readonly IReadOnlySet<string> _named;
    private readonly string _path;

    /// <param name="kind">The model asked for.</param>
    /// <param name="file">Path of the configuration, or null.</param>
    /// <exception cref="UsageException">The file cannot be used, or is for another model.</exception>
    public AskedRecipe(ModelKind kind, string? file)
    {
        (_kind, _path) = (kind, $"--config {file}");
        (_file, _named) = file is null ? (new RunRecipe { Model = kind.Name }, new HashSet<string>()) : RunRecipe.ReadWithNames(file);
        if (_file.Model != kind.Name)
        {
            throw new UsageException(
                $"{_path}: its settings are for '{_file.Model}', not for '{kind.Name}'; name that model or another file");
        }

        SettingNames.Require(kind.Defaults(), _file.Settings, $"{_path}: settings");
    }

    /// <summary>Name of the settings that take the place of defaults; null for none.</summary>
    public string? Preset { get; init; }

    /// <summary>Changes of one setting each, <c>PATH=VALUE</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Runs and models that a composite is made of, in place of those of the preset and the file.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Those of the options that were given.</summary>
    public int? Seed { get; init; }

    /// <inheritdoc cref="Seed"/>
    public int? Epochs { get; init; }

    /// <inheritdoc cref="Seed"/>
    public string? Control { get; init; }

    /// <inheritdoc cref="Seed"/>
    public string? Parameters { get; init; }

    /// <inheritdoc cref="Seed"/>
    public string? Checkpoint { get; init; }

    /// <inheritdoc cref="Seed"/>
    public int? Lora { get; init; }

    /// <inheritdoc cref="Seed"/>
    public AcceleratorKind? Accelerator { get; init; }

    /// <inheritdoc cref="Seed"/>
    public bool Repeats { get; init; }

    /// <inheritdoc cref="Seed"/>
    public string? Protocol { get; init; }

    /// <inheritdoc cref="Seed"/>
    public int? Core { get; init; }

    /// <summary>The number of epochs that the file or else the preset sets; null where neither does.</summary>
    public int? EpochsSet => EpochsOf(_file.Settings) ?? (Preset is null ? null : EpochsOf(AskedModel.FindPreset(_kind, Preset).Settings));

    /// <summary>The recipe, its settings not yet checked for their values.</summary>
    /// <exception cref="UsageException">A name is unknown, or two things that are asked for differ.</exception>
    public RunRecipe Resolve()
    {
        var settings = _kind.Defaults();
        if (Preset is not null) RecipeJson.Merge(settings, AskedModel.FindPreset(_kind, Preset).Settings);
        RecipeJson.Merge(settings, _file.Settings);
        var changes = Changes(settings);
        foreach (var (path, change) in changes) RecipeJson.Set(settings, path, change.Value);
        return new()
        {
            Model = _kind.Name,
            Protocol = Protocol ?? _file.Protocol,
            Core = Core ?? _file.Core,
            MaskSeen = Shared(MaskPath, "maskSeen", Repeats ? false : null, _file.MaskSeen),
            Seed = Shared(SeedPath, "seed", Seed, _file.Seed),
            Settings = settings,
        };

        // One value under two names, a setting and a member of the recipe: whoever says it says it for both.
        T Shared<T>(string path, string member, T? option, T file)
            where T : struct
        {
            var names = path.Split('.');
            if (settings[names[0]] is not JsonObject group || !group.ContainsKey(names[1])) return option ?? file;
            var inFile = (_file.Settings[names[0]] as JsonObject)?[names[1]] as JsonValue;
            if (changes.ContainsKey(path) || changes.ContainsKey(names[0]) || (!_named.Contains(member) && inFile is not null))
            {
                return group[names[1]] is JsonValue value && value.TryGetValue<T>(out var said)
                    ? said
                    : file; // another type is refused later
            }

            if (path == SeedPath && inFile is not null && inFile.TryGetValue<int>(out var other) && !file.Equals(other))
                throw new UsageException($"{_path}: 'seed' is {file} and 'settings.{path}' is {other}; make them agree, or leave one out");
            group[names[1]] = JsonValue.Create(file);
            return file;
        }
    }

    /// <summary>What the command line changes, by path, and how it says so.</summary>
    private Dictionary<string, (string Value, string Text)> Changes(JsonObject settings)
    {
        var changes = new Dictionary<string, (string Value, string Text)>(StringComparer.Ordinal);
        foreach (var change in Set)
        {
            if (change.IndexOf('=', StringComparison.Ordinal) is var at && at < 1)
                throw new UsageException($"--set {change}: expected PATH=VALUE, such as backbone.width=128");
            SettingNames.Require(settings, change[..at], $"--set {change}");
            Add(change[..at], change[(at + 1)..], $"--set {change}");
        }

        if (Members.Count > 0)
        {
            if (!settings.ContainsKey(MembersPath))
                throw new UsageException($"--member {Members[0]}: '{_kind.Name}' is made of no other models; expected model composite");
            Add(MembersPath, new JsonArray([.. Members.Select(Member)]).ToJsonString(), "--member");
        }

        if (Seed is { } seed && Has(settings, SeedPath)) Add(SeedPath, Number(seed), $"--seed {seed}");
        if (Epochs is { } epochs)
        {
            if (!Has(settings, EpochsPath))
                throw new UsageException($"--epochs {epochs}: '{_kind.Name}' does not train by epochs; leave the option out");
            Add(EpochsPath, Number(epochs), $"--epochs {epochs}");
        }

        if (Parameters is { } source)
        {
            if (!Has(settings, SourcePath))
                throw new UsageException($"--parameters {source}: '{_kind.Name}' has no weights of users' own; leave the option out");
            Add(SourcePath, source, $"--parameters {source}");
        }

        if (Checkpoint is { } checkpoint)
        {
            RequireCheckpoint("--checkpoint", checkpoint);
            Add(CheckpointPath, JsonValue.Create(checkpoint).ToJsonString(), $"--checkpoint {checkpoint}");
        }

        if (Lora is { } rank)
        {
            RequireCheckpoint("--lora", Number(rank));
            Add(LoraPath, new JsonObject { ["rank"] = rank }.ToJsonString(), $"--lora {rank}");
        }

        if (Accelerator is { } accelerator)
        {
            var name = JsonSerializer.SerializeToNode(accelerator, RecipeJson.Options)!;
            RequireCheckpoint("--accelerator", name.ToString());
            Add(AcceleratorPath, name.ToJsonString(), $"--accelerator {name}");
        }

        if (Control is { } control) Add(ControlPath, Name(control), $"--control {control}");
        if (Repeats && Has(settings, MaskPath)) Add(MaskPath, "false", "--repeats");
        return changes;

        void RequireCheckpoint(string option, string value)
        {
            if (!settings.ContainsKey(CheckpointPath))
                throw new UsageException($"{option} {value}: '{_kind.Name}' starts from no checkpoint; expected model language");
        }

        void Add(string path, string value, string text)
        {
            if (changes.TryGetValue(path, out var other) && other.Value != value)
                throw new UsageException($"{other.Text} and {text} ask for different values of '{path}'; give one of them");
            changes[path] = (value, text);
        }
    }

    /// <summary>A folder is a run; all else has to be the name of a model.</summary>
    private static JsonNode Member(string value) => Directory.Exists(value)
        ? new JsonObject { ["run"] = value }
        : new JsonObject { ["model"] = AskedModel.Find(value).Name };

    private string Name(string control)
    {
        if (_kind.Name != "ttt") throw new UsageException($"--control {control}: '{_kind.Name}' has no such control; expected model ttt");
        return control switch
        {
            "frozen" => "frozen",
            "zero-rate" => "zeroRate",
            "linear-attention" => "linearAttention",
            _ => throw new UsageException($"--control {control}: expected frozen, zero-rate or linear-attention"),
        };
    }

    private static int? EpochsOf(JsonObject settings) =>
        (settings["training"] as JsonObject)?["epochs"] is JsonValue value && value.TryGetValue<int>(out var epochs) ? epochs : null;

    private static bool Has(JsonObject settings, string path)
    {
        var names = path.Split('.');
        return settings[names[0]] is JsonObject group && group.ContainsKey(names[1]);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
