using System.Text.Json;

namespace Tandem.Data.Sources;

/// <summary>An item from a JSON object; properties that are not asked for are passed over.</summary>
internal static class JsonItem
{
    /// <summary>
    /// Reads key, title and categories. Categories are <c>categories</c> or <c>category</c>: a text with commas between names, a list of
    /// names, or a list of such lists; each name is taken once, and <c>|</c> in it becomes <c>/</c>, which a data set can hold.
    /// </summary>
    public static ItemDescription Read(ref Utf8JsonReader reader, JsonLines lines, string key, string title)
    {
        string? keyText = null, titleText = null;
        var categories = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(key)) keyText = ReadText(ref reader);
            else if (reader.ValueTextEquals(title)) titleText = ReadText(ref reader);
            else if (reader.ValueTextEquals("categories"u8) || reader.ValueTextEquals("category"u8)) ReadCategories(ref reader, categories);
            else reader.Skip();
        }
        return new ItemDescription(
            keyText is { Length: > 0 } ? keyText : throw lines.Fault($"no {key}"),
            titleText is { Length: > 0 } ? titleText : null, categories, SemanticIds: null);
    }

    /// <summary>A text; anything else counts as absent: publishers write null, and lists, where they know no title.</summary>
    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return text;
    }

    private static void ReadCategories(ref Utf8JsonReader reader, List<string> categories)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var name in reader.GetString()!.Split(','))
                Add(name, categories);
            return;
        }
        var depth = reader.CurrentDepth;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
        }
        else
        {
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                if (reader.TokenType == JsonTokenType.String)
                    Add(reader.GetString()!, categories);
            }
        }
    }

    private static void Add(string name, List<string> categories)
    {
        name = name.Replace(Catalog.CategorySeparator, '/').Trim();
        if (name.Length > 0 && !categories.Contains(name)) categories.Add(name);
    }
}
