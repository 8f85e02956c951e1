using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Learning.Training;

/// <summary>The first place at which two settings differ: what a refusal names, for whole settings do not fit on a line.</summary>
/// <param name="Path">Names joined by dots, such as <c>settings.backbone.width</c>.</param>
/// <param name="Kept">The value that a folder or file holds; <c>nothing</c> where it has no such setting.</param>
/// <param name="Asked">The value that is asked for.</param>
public sealed record SettingsDifference(string Path, string Kept, string Asked)
{
    private const int MostCharacters = 60;

    /// <summary>Finds it, in the order of the kept settings, then of those asked for.</summary>
    /// <param name="kept">JSON that a folder or file holds.</param>
    /// <param name="asked">JSON that is asked for.</param>
    /// <returns>Null where both say the same; numbers are compared by value.</returns>
    public static SettingsDifference? Find(JsonNode? kept, JsonNode? asked) =>
        Find(JsonSerializer.SerializeToElement(kept), JsonSerializer.SerializeToElement(asked), "");

    /// <summary>Such as <c>protocol: the run has loo, the command ratio-3-2-5</c>.</summary>
    /// <param name="holder">What holds the kept value, such as <c>the run</c>.</param>
    public string Describe(string holder) => $"{Path}: {holder} has {Kept}, the command {Asked}";

    private static SettingsDifference? Find(JsonElement? kept, JsonElement? asked, string path)
    {
        if (kept is not { ValueKind: JsonValueKind.Object } group || asked is not { ValueKind: JsonValueKind.Object } other)
        {
            return kept is { } one && asked is { } two && JsonElement.DeepEquals(one, two)
                ? null
                : new(path.Length == 0 ? "settings" : path, Text(kept), Text(asked));
        }

        foreach (var name in group.EnumerateObject().Concat(other.EnumerateObject()).Select(p => p.Name).Distinct())
        {
            if (Find(Member(group, name), Member(other, name),
                path.Length == 0 ? name : $"{path}.{name}") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static JsonElement? Member(JsonElement group, string name) => group.TryGetProperty(name, out var value) ? value : null;

    private static string Text(JsonElement? value)
    {
        if (value is not { } present) return "nothing";
        var text = present.ValueKind == JsonValueKind.String ? present.GetString()! : present.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= MostCharacters ? text : $"{text[..MostCharacters]}…";
    }
}
