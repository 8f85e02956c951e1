using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Data;

namespace Tandem.Learning.Training.Search;

/// <summary>
/// The settings that a search may change, declared in JSON: a path into the recipe's JSON, and its values.
/// <code>
/// { "training.optimizer.learningRate": { "log": [1e-4, 1e-2] }, "backbone.dropout": { "values": [0.2, 0.3, 0.4] },
///   "loss.tokenBudget": { "log2": [256, 4096] }, "training.optimizer.weightDecay": { "linear": [0, 0.1] } }
/// </code>
/// </summary>
public sealed class SearchSpace
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    private SearchSpace(JsonObject declared, SearchDimension[] dimensions) => (Declared, Dimensions) = (declared, dimensions);

    /// <summary>The settings, in the order of the file.</summary>
    public IReadOnlyList<SearchDimension> Dimensions { get; }

    /// <summary>The space as it was read.</summary>
    internal JsonObject Declared { get; }

    /// <summary>Reads a space.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="source">Named in messages: the file.</param>
    /// <exception cref="SearchException">The text is no space; the message lists every fault.</exception>
    public static SearchSpace Parse(string json, string source)
    {
        if (Read(json, source) is not JsonObject { Count: > 0 } declared)
        {
            throw new SearchException(
                $"{source}: expected an object of settings, such as {{\"backbone.dropout\": {{\"values\": [0.2, 0.4]}}}}");
        }

        var (dimensions, faults) = (new List<SearchDimension>(), new List<string>());
        foreach (var (path, values) in declared)
        {
            try { dimensions.Add(SearchDimension.Parse(path, values)); }
            catch (FormatException e) { faults.Add($"{path}: {e.Message}"); }
        }

        return faults.Count == 0
            ? new SearchSpace(declared, [.. dimensions])
            : throw new SearchException($"{source}: {string.Join("; ", faults)}");
    }

    /// <summary>Configurations that differ, by path; fewer where the space does not hold as many.</summary>
    /// <param name="seed">Each setting of each draw has a generator of its own: a further setting changes no other's values.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<JsonObject> Draw(int seed, int count)
    {
        var (drawn, known) = (new List<JsonObject>(), new HashSet<string>());
        var most = Math.Min(count, Size());
        for (var draw = 0; drawn.Count < most; draw++)
        {
            var values = Dimensions.Select(
                d => KeyValuePair.Create(d.Path, (JsonNode?)d.Draw(NamedSeed.Create(seed, $"search/{d.Path}", draw))));
            var configuration = new JsonObject(values);
            if (known.Add(configuration.ToJsonString())) drawn.Add(configuration);
        }

        return drawn;
    }

    /// <summary>Refuses a space that does not fit a recipe.</summary>
    /// <exception cref="SearchException">A path leads to no setting of the recipe, or a value is of another kind.</exception>
    public void Check(JsonObject recipe)
    {
        var faults = Dimensions.Select(d => Fault(recipe, d)).OfType<string>().ToArray();
        if (faults.Length > 0) throw new SearchException($"search space: {string.Join("; ", faults)}");
    }

    /// <summary>The recipe with some settings replaced; the recipe given stays as it is.</summary>
    /// <param name="recipe">Holds every path of the overrides.</param>
    /// <param name="overrides">Values by path.</param>
    public static JsonObject Merge(JsonObject recipe, JsonObject overrides)
    {
        var merged = (JsonObject)recipe.DeepClone();
        foreach (var (path, value) in overrides)
        {
            var names = path.Split('.');
            var group = names[..^1].Aggregate(merged, (at, name) => (JsonObject)at[name]!);
            group[names[^1]] = value?.DeepClone();
        }

        return merged;
    }

    private double Size() =>
        Dimensions.All(d => d.Scale == SearchScale.Choices)
            ? Dimensions.Aggregate(1.0, (n, d) => n * d.Choices.Count)
            : double.PositiveInfinity;

    private static string? Fault(JsonObject recipe, SearchDimension dimension)
    {
        JsonNode? at = recipe;
        foreach (var name in dimension.Path.Split('.'))
        {
            if (at is not JsonObject group || !group.TryGetPropertyValue(name, out var found))
            {
                var known = at is JsonObject owner ? string.Join(", ", owner.Select(p => p.Key)) : "no further settings";
                return $"{dimension.Path}: the recipe has no '{name}' there; expected one of: {known}";
            }

            at = found;
        }

        if (at is JsonObject or JsonArray) return $"{dimension.Path}: is a group of settings; name one of them";
        var kind = Kind(at);
        var other = (dimension.Choices.Count > 0 ? dimension.Choices : [JsonValue.Create(0.0)]).FirstOrDefault(v => Kind(v) != kind);
        return at is null || other is null
            ? null
            : $"{dimension.Path}: {other.ToJsonString()} does not fit the recipe's {at.ToJsonString()}";
    }

    private static string? Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "truth",
        var kind => kind?.ToString(),
    };

    private static JsonNode? Read(string json, string source)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: _strict);
        }
        catch (JsonException e)
        {
            throw new SearchException($"{source}: no JSON ({e.Message})", e);
        }
    }
}
