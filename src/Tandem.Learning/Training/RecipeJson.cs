using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Tandem.Learning.Backbones;

namespace Tandem.Learning.Training;

/// <summary>Settings as JSON: read strictly, merged by path. Names are camel case, enums too.</summary>
public static partial class RecipeJson
{
    private static readonly Regex _unknown = UnknownName(), _unfit = UnfitValue();

    private static readonly BackboneJson _json = new(new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowOutOfOrderMetadataProperties = true,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    });

    /// <summary>
    /// How all settings are written and read; an unknown name is a fault, so that a misspelt one does not train the defaults. Every
    /// registered backbone is known: see <see cref="BackboneKinds"/>.
    /// </summary>
    public static JsonSerializerOptions Options => _json.Options;

    /// <summary>The settings as an object that can be merged.</summary>
    public static JsonObject ToNode<T>(T settings) => JsonSerializer.SerializeToNode(settings, Options)!.AsObject();

    /// <summary>Reads settings.</summary>
    /// <exception cref="RecipeException">A name is unknown or a value of the wrong type.</exception>
    public static T Read<T>(JsonObject settings)
    {
        try
        {
            return settings.Deserialize<T>(Options) ?? throw new RecipeException("the settings are null; expected an object");
        }
        catch (JsonException e)
        {
            throw new RecipeException($"settings cannot be read: {Fault(e)}; correct the name or the value", e);
        }
    }

    /// <summary>Lays one object over another, member by member; values and arrays are replaced whole.</summary>
    public static void Merge(JsonObject into, JsonObject over)
    {
        foreach (var (name, value) in over)
        {
            if (value is JsonObject part && into[name] is JsonObject existing) Merge(existing, part);
            else into[name] = value?.DeepClone();
        }
    }

    /// <summary>Sets one member by its path.</summary>
    /// <param name="into">The settings.</param>
    /// <param name="path">Names joined by dots, such as <c>training.optimizer.learningRate</c>.</param>
    /// <param name="value">JSON, or text that is taken as a string where it is none.</param>
    /// <exception cref="RecipeException">The path leads through something that is no object.</exception>
    public static void Set(JsonObject into, string path, string value)
    {
        var names = path.Split('.');
        var at = into;
        foreach (var name in names[..^1])
        {
            at[name] ??= new JsonObject();
            at = at[name] as JsonObject ?? throw new RecipeException(
                $"'{path}': '{name}' is a value, not a group of settings; check the path");
        }

        at[names[^1]] = Parse(value);
    }

    /// <summary>
    /// The setting's path and what belongs there, in place of .NET's types and of a line number in a text that the user has not written.
    /// </summary>
    private static string Fault(JsonException e)
    {
        var words = e.Message.Split(" Path: $")[0].TrimEnd('.');
        if (_unknown.Match(words) is { Success: true } unknown) words = $"no setting is called '{unknown.Groups[1].Value}'";
        if (_unfit.Match(words) is { Success: true } unfit) words = $"expected {Expected(unfit.Groups[1].Value)}";
        return e.Path is ['$', '.', .. var path] ? $"'{path}': {words}" : words;
    }

    private static string Expected(string type) => type switch
    {
        "System.Int32" => "a whole number",
        "System.Single" or "System.Double" => "a number",
        "System.Boolean" => "true or false",
        "System.String" => "text",
        _ when Assemblies().Select(assembly => assembly.GetType(type)).FirstOrDefault(t => t is not null) is { IsEnum: true } names =>
            $"one of: {string.Join(", ", Enum.GetNames(names).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
        _ => "another value",
    };

    /// <summary>Where settings come from: this library, and where the registered backbones are.</summary>
    private static IEnumerable<Assembly> Assemblies() =>
        BackboneKinds.All.Select(kind => kind.Defaults.GetType().Assembly).Prepend(typeof(RecipeJson).Assembly).Distinct();

    private static JsonNode? Parse(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value); // a word, such as the name of a loss
        }
    }

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped")]
    private static partial Regex UnknownName();

    [GeneratedRegex("^The JSON value could not be converted to (\\S+)$")]
    private static partial Regex UnfitValue();
}
