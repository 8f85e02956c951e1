using System.Text.Json.Nodes;
using Tandem.Data.Splits;
using Tandem.Learning.Training;
using Tandem.Protocol;

namespace Tandem.Learning.Runs;

/// <summary>
/// What a run's folder must know to rank again: <c>recipe.json</c>; and, with the figures to expect, what a file under <c>configs/</c>
/// holds.
/// </summary>
public sealed record RunRecipe
{
    /// <summary>Of the recipe in a run's folder.</summary>
    public const string FileName = "recipe.json";

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The protocol's name.</summary>
    public string Protocol { get; init; } = "loo";

    /// <summary>Least events of every user and item; a raw folder is cut down until both hold.</summary>
    public int Core { get; init; } = 1;

    /// <summary>True where items of the history are left out of rankings.</summary>
    public bool MaskSeen { get; init; } = true;

    /// <summary>By which items are numbered and, where the model has random choices, its own.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The model's settings; what is not named has its default.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>Where the settings come from.</summary>
    public string? Origin { get; init; }

    /// <summary>The command that reproduces the row.</summary>
    public string? Command { get; init; }

    /// <summary>Test metrics to expect, by name: mean over seeds.</summary>
    public JsonObject? Expected { get; init; }

    /// <summary>The protocol with all that a figure depends on.</summary>
    /// <param name="sampled">Items that each target is ranked among; 0 for those of the protocol.</param>
    public string Describe(int sampled = 0)
    {
        var items = sampled > 0 ? sampled : SampledLeaveOneOut.SampleIn(Protocol);
        var ranking = items is null ? "full ranking" : $"ranking among {items} SAMPLED items";
        return $"{Protocol}, {ranking}, seen items {(MaskSeen ? "masked" : "not masked")}, unseen targets kept";
    }

    /// <summary>That of a run's folder.</summary>
    /// <exception cref="RunException">The folder holds no training run.</exception>
    public static RunRecipe OfRun(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? Read(path)
            : throw new RunException($"{folder}: no training run ({FileName} is missing); give the folder that 'tandem train' wrote");
    }

    /// <exception cref="RunException">The file holds no recipe.</exception>
    public static RunRecipe Read(string path) => ReadWithNames(path).Recipe;

    /// <summary>The recipe, and the names of those of its members that the file has.</summary>
    /// <exception cref="RunException">The file holds no recipe.</exception>
    public static (RunRecipe Recipe, IReadOnlySet<string> Names) ReadWithNames(string path)
    {
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new RecipeException("no object");
            return (RecipeJson.Read<RunRecipe>(node), node.Select(member => member.Key).ToHashSet(StringComparer.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is RecipeException or System.Text.Json.JsonException)
        {
            throw new RunException($"{path}: {e.Message}");
        }
    }

    /// <summary>Writes it; a crash leaves the old file or the new one.</summary>
    public void Save(string path) => DurableFile.WriteText(path, RecipeJson.ToNode(this).ToJsonString(RecipeJson.Options) + "\n");

    /// <summary>Refuses a folder that holds another run than this recipe's. One in which nothing is trained yet holds none.</summary>
    /// <exception cref="RunException">Names the first difference.</exception>
    public void RequireFits(RunFolder run)
    {
        if (((string[])[TrainingJob.CheckpointFile, TrainingJob.WeightsFile]).FirstOrDefault(run.Holds) is not { } trained) return;
        if (!run.Holds(FileName)) throw run.Refusal($"holds {trained} but no {FileName} that tells of what");
        if (SettingsDifference.Find(Read(run.File(FileName)).Comparable(run.Path), Comparable(run.Path)) is { } difference)
            throw run.Refusal(difference.Describe("the run"));
    }

    /// <summary>
    /// All that a run's weights and figures depend on, what is not named filled in: earlier versions knew fewer settings.
    /// </summary>
    /// <param name="folder">Of the run.</param>
    private JsonObject Comparable(string folder)
    {
        var kind = ModelKinds.Find(Model);
        var settings = kind.Defaults();
        RecipeJson.Merge(settings, Settings);
        settings = kind.Located(settings, folder, typed: false);
        foreach (var name in (string[])["loss", "lists"])
        {
            if (settings[name] is JsonObject part && part.ContainsKey("maskSeen")) part["maskSeen"] = MaskSeen;
        }

        var all = new JsonObject { ["model"] = Model, ["protocol"] = Protocol, ["seed"] = Seed, ["maskSeen"] = MaskSeen, ["core"] = Core };
        foreach (var (setting, value) in settings) all[setting] = value?.DeepClone();
        return all;
    }
}
