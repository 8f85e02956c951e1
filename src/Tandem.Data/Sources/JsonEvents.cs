using System.Globalization;
using System.Text.Json;

namespace Tandem.Data.Sources;

/// <summary>Events from a file of one JSON object a line; other properties are passed over.</summary>
/// <param name="path">The file, packed with gzip or not.</param>
/// <param name="fields">Names of the properties.</param>
internal sealed class JsonEvents(string path, JsonFields fields)
{
    private static readonly string[] _dateForms = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];

    private readonly string _timeForm = fields.Unit == TimeUnit.Milliseconds ? "unix milliseconds" : "unix seconds";

    public IEnumerable<Interaction> Read()
    {
        using var lines = new JsonLines(path, $"a JSON object with {fields.User}, {fields.Item}, {fields.Value} and {fields.Time}");
        JsonLines.ReadObject<Interaction> read = (ref reader) => ReadEvent(ref reader, lines);
        while (lines.Next())
            yield return lines.Parse(lines.Line, read);
    }

    private Interaction ReadEvent(ref Utf8JsonReader reader, JsonLines lines)
    {
        string? user = null, item = null;
        float? value = null;
        UnixTime? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(fields.User)) user = ReadKey(ref reader, fields.User, lines);
            else if (reader.ValueTextEquals(fields.Item)) item = ReadKey(ref reader, fields.Item, lines);
            else if (reader.ValueTextEquals(fields.Value)) value = ReadValue(ref reader, lines);
            else if (reader.ValueTextEquals(fields.Time)) time = ReadTime(ref reader, lines);
            else reader.Skip();
        }
        return new Interaction(
            user ?? throw Missing(fields.User, lines), item ?? throw Missing(fields.Item, lines),
            (time ?? throw Missing(fields.Time, lines)).Seconds, value ?? throw Missing(fields.Value, lines), time.Value.Fraction);
    }

    private static SourceException Missing(string name, JsonLines lines) => lines.Fault($"no {name}");

    private static string ReadKey(ref Utf8JsonReader reader, string name, JsonLines lines) =>
        reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } key
            ? key
            : throw lines.Fault($"{name} is not a text with something in it");

    private float ReadValue(ref Utf8JsonReader reader, JsonLines lines) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw lines.Fault($"{fields.Value} is not a number");

    private UnixTime ReadTime(ref Utf8JsonReader reader, JsonLines lines)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var time))
            return UnixTime.Of(time, fields.Unit);
        if (reader.TokenType == JsonTokenType.String && DateTimeOffset.TryParseExact(
            reader.GetString(), _dateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return UnixTime.Of(date.UtcDateTime);
        }

        throw lines.Fault($"{fields.Time} is neither {_timeForm} nor '{string.Join("' nor '", _dateForms)}'");
    }
}
