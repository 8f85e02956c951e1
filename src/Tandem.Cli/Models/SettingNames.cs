using System.Text.Json.Nodes;

namespace Tandem.Cli.Models;

/// <summary>Checks names of settings against those of a model; a misspelt one is answered with the nearest known name.</summary>
internal static class SettingNames
{
    /// <summary>
    /// The member by which a group of settings says which one it is; another one has other names, known when they are read.
    /// </summary>
    private const string Kind = "kind";

    /// <summary>Refuses a path that leads to no setting.</summary>
    /// <param name="known">All settings with their defaults.</param>
    /// <param name="path">Such as <c>backbone.width</c>.</param>
    /// <param name="where">Named in the message: the option with its value, or the file.</param>
    /// <exception cref="UsageException">There is no such setting.</exception>
    public static void Require(JsonObject known, string path, string where)
    {
        JsonNode? at = known;
        foreach (var name in path.Split('.'))
        {
            if (at is not JsonObject group) return; // what is below a value is refused when it is set
            if (!group.TryGetPropertyValue(name, out at)) throw Unknown(known, group, path, where);
        }
    }

    /// <summary>Refuses settings of which one has a name that the model does not know.</summary>
    /// <inheritdoc cref="Require(JsonObject, string, string)"/>
    public static void Require(JsonObject known, JsonObject asked, string where) => Require(known, known, asked, "", where);

    private static void Require(JsonObject known, JsonObject group, JsonObject asked, string path, string where)
    {
        if (IsAnotherKind(group, asked)) return;
        foreach (var (name, value) in asked)
        {
            var full = path.Length == 0 ? name : $"{path}.{name}";
            if (!group.TryGetPropertyValue(name, out var found)) throw Unknown(known, group, full, where);
            if (found is JsonObject inner && value is JsonObject part) Require(known, inner, part, full, where);
        }
    }

    private static bool IsAnotherKind(JsonObject group, JsonObject asked) =>
        group[Kind] is { } own && asked[Kind] is { } other && !JsonNode.DeepEquals(own, other);

    private static UsageException Unknown(JsonObject known, JsonObject group, string path, string where)
    {
        var all = Paths(known, "").ToArray();
        var last = path[(path.LastIndexOf('.') + 1)..];
        // The right name in the wrong group is nearer than any misspelling.
        var near = all.FirstOrDefault(other => other.EndsWith($".{last}", StringComparison.OrdinalIgnoreCase)) ?? Nearest.Of(path, all);
        return new($"{where}: no setting is called '{path}'{(near is null ? "" : $"; did you mean '{near}'?")}; {Names(group)}");
    }

    private static string Names(JsonObject group) =>
        group.Count == 0 ? "this model has no settings" : $"expected there one of: {string.Join(", ", group.Select(member => member.Key))}";

    private static IEnumerable<string> Paths(JsonObject group, string prefix) =>
        group.SelectMany(member => member.Value is JsonObject inner
            ? [prefix + member.Key, .. Paths(inner, $"{prefix}{member.Key}.")]
            : new[] { prefix + member.Key });
}
