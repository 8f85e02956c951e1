using System.Text.Json.Nodes;
using Tandem.Learning.Training;

namespace Tandem.Cli.Models;

/// <summary>What a run's folder must know to rank again: <c>recipe.json</c>; and, with the figures to expect, what a file under <c>configs/</c> holds.</summary>
internal sealed record RunRecipe
{
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
    /// <param name="sampled">Items that each target is ranked among; 0 for the whole catalogue.</param>
    public string Describe(int sampled = 0) =>
        $"{Protocol}, {(sampled == 0 ? "full ranking" : $"ranking among {sampled} SAMPLED items")}, seen items {(MaskSeen ? "masked" : "not masked")}, unseen targets kept";

    /// <summary>That of a run's folder.</summary>
    /// <exception cref="UsageException">The folder holds no training run.</exception>
    public static RunRecipe OfRun(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? Read(path)
            : throw new UsageException($"{folder}: no training run ({FileName} is missing); give the folder that 'tandem train' wrote");
    }

    public static RunRecipe Read(string path)
    {
        try
        {
            return RecipeJson.Read<RunRecipe>(JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new RecipeException("no object"));
        }
        catch (Exception e) when (e is RecipeException or System.Text.Json.JsonException)
        {
            throw new UsageException($"{path}: {e.Message}");
        }
    }

    public void Save(string path) => File.WriteAllText(path, RecipeJson.ToNode(this).ToJsonString(RecipeJson.Options) + "\n");
}
