using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Protocol;

namespace Tandem.Learning.Training.Search;

/// <summary>
/// <c>trials.json</c>: what is searched, and every trial. Written anew after each result, so that a search that was cut off goes on
/// where it stood.
/// </summary>
internal sealed class TrialFile(string path, JsonObject search)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The trials of the file; null where there is none.</summary>
    /// <exception cref="SearchException">The file cannot be read, or belongs to another search.</exception>
    public IReadOnlyList<Trial>? Read()
    {
        if (!File.Exists(path)) return null;
        var content = Parse(File.ReadAllText(path));
        return SettingsDifference.Find(content.Search, search) is { } difference
            ? throw new SearchException($"{path}: holds another search ({difference.Describe("it")}); give this one a folder of its own")
            : content.Trials;
    }

    public void Write(IReadOnlyList<Trial> trials) =>
        DurableFile.WriteText(path, JsonSerializer.Serialize(new Content(search, trials), _json) + "\n");

    private Content Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Content>(json, _json) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new SearchException($"{path}: cannot be read ({e.Message}); give the search a folder of its own", e);
        }
    }

    private sealed record Content(JsonObject Search, IReadOnlyList<Trial> Trials);
}
