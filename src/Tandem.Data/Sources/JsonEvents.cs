using System.Globalization;
using System.Text.Json;

namespace Tandem.Data.Sources;

/// <summary>Events from a file of one JSON object a line; other properties are passed over.</summary>
/// <param name="path">The file, packed with gzip or not.</param>
/// <param name="user">Name of the property with the user's key, a text.</param>
/// <param name="item">Name of the property with the item's key, a text.</param>
/// <param name="value">Name of the property with the rating, a number.</param>
/// <param name="time">Name of the property with the time: a number of unix seconds, or a text <c>yyyy-MM-dd HH:mm:ss</c> in UTC.</param>
internal sealed class JsonEvents(string path, string user, string item, string value, string time)
{
    private const string DateForm = "yyyy-MM-dd HH:mm:ss";

    public IEnumerable<Interaction> Read()
    {
        using var lines = new JsonLines(path, $"a JSON object with {user}, {item}, {value} and {time}");
        JsonLines.ReadObject<Interaction> read = (ref reader) => ReadEvent(ref reader, lines);
        while (lines.Next())
            yield return lines.Parse(lines.Line, read);
    }

    private Interaction ReadEvent(ref Utf8JsonReader reader, JsonLines lines)
    {
        string? userKey = null, itemKey = null;
        float? rating = null;
        long? seconds = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(user)) userKey = ReadKey(ref reader, user, lines);
            else if (reader.ValueTextEquals(item)) itemKey = ReadKey(ref reader, item, lines);
            else if (reader.ValueTextEquals(value)) rating = ReadValue(ref reader, lines);
            else if (reader.ValueTextEquals(time)) seconds = ReadTime(ref reader, lines);
            else reader.Skip();
        }
        return new Interaction(
            userKey ?? throw Missing(user, lines), itemKey ?? throw Missing(item, lines),
            seconds ?? throw Missing(time, lines), rating ?? throw Missing(value, lines));
    }

    private static SourceException Missing(string name, JsonLines lines) => lines.Fault($"no {name}");

    private static string ReadKey(ref Utf8JsonReader reader, string name, JsonLines lines) =>
        reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } key
            ? key
            : throw lines.Fault($"{name} is not a text with something in it");

    private float ReadValue(ref Utf8JsonReader reader, JsonLines lines) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw lines.Fault($"{value} is not a number");

    private long ReadTime(ref Utf8JsonReader reader, JsonLines lines)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds)) return seconds;
        if (reader.TokenType == JsonTokenType.String && DateTimeOffset.TryParseExact(
            reader.GetString(), DateForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return date.ToUnixTimeSeconds();
        throw lines.Fault($"{time} is neither unix seconds nor '{DateForm}'");
    }
}
