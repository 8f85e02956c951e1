using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Learning.Training.Search;

/// <summary>One setting that is searched, and its values.</summary>
/// <param name="Path">Names of the recipe's JSON from the outside in, joined by dots: <c>training.optimizer.learningRate</c>.</param>
/// <param name="Scale">How the values are spread.</param>
/// <param name="Low">Least value; 0 for choices.</param>
/// <param name="High">Greatest value; 0 for choices.</param>
/// <param name="Choices">The values; empty for intervals.</param>
public sealed record SearchDimension(string Path, SearchScale Scale, double Low, double High, IReadOnlyList<JsonNode> Choices)
{
    private const string Kinds = "one of {\"values\": [...]}, {\"linear\": [low, high]}, {\"log\": [low, high]}, {\"log2\": [low, high]}";

    /// <summary>Draws a value. Numbers of an interval have four significant digits: what is reported is what was used.</summary>
    public JsonNode Draw(Random random) => Scale switch
    {
        SearchScale.Choices => Choices[random.Next(Choices.Count)].DeepClone(),
        SearchScale.Linear => Rounded(Low + (High - Low) * random.NextDouble()),
        _ => Rounded(Low * Math.Pow(High / Low, random.NextDouble())),
    };

    /// <summary>Reads one member of a space.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    internal static SearchDimension Parse(string path, JsonNode? declared)
    {
        if (declared is not JsonObject { Count: 1 } kind) throw new FormatException($"expected {Kinds}");
        var (name, values) = kind.Single();
        if (values is not JsonArray list) throw new FormatException($"'{name}' needs an array");
        return name switch
        {
            "values" => new(path, SearchScale.Choices, 0, 0, Listed(list)),
            "linear" => Interval(path, SearchScale.Linear, list),
            "log" => Interval(path, SearchScale.Log, list),
            "log2" => new(path, SearchScale.Choices, 0, 0, PowersOfTwo(list)),
            _ => throw new FormatException($"'{name}' is unknown; expected {Kinds}"),
        };
    }

    private JsonValue Rounded(double value)
    {
        var short4 = double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return JsonValue.Create(Math.Clamp(short4, Low, High));
    }

    private static JsonNode[] Listed(JsonArray list)
    {
        if (list.Count == 0) throw new FormatException("'values' is empty; expected at least one");
        if (list.Any(v => v is not JsonValue)) throw new FormatException("'values' holds more than numbers, texts, true and false");
        var values = list.Select(v => v!.DeepClone()).ToArray();
        var twice = values.GroupBy(v => v.ToJsonString()).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? values : throw new FormatException($"'values' holds {twice.Key} twice");
    }

    private static SearchDimension Interval(string path, SearchScale scale, JsonArray list)
    {
        var (low, high) = Ends(list);
        if (scale == SearchScale.Log && low <= 0) throw new FormatException($"'log' from {Text(low)}; expected both ends above 0");
        return new(path, scale, low, high, []);
    }

    private static JsonNode[] PowersOfTwo(JsonArray list)
    {
        var (low, high) = Ends(list);
        if (!IsPower(low) || !IsPower(high))
            throw new FormatException($"'log2' [{Text(low)}, {Text(high)}]; expected powers of two from 1 to 2^30");
        return [.. Enumerable.Range(0, BitOperations.Log2((uint)(high / low)) + 1).Select(i => (JsonNode)JsonValue.Create((int)low << i))];
    }

    private static bool IsPower(double value) =>
        value is >= 1 and <= 1 << 30 && value == Math.Floor(value) && BitOperations.IsPow2((int)value);

    private static (double Low, double High) Ends(JsonArray list)
    {
        if (list.Count != 2 || list.Any(v => v?.GetValueKind() != JsonValueKind.Number))
            throw new FormatException("an interval needs two numbers, [low, high]");
        var (low, high) = ((double)list[0]!, (double)list[1]!);
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
            throw new FormatException($"[{Text(low)}, {Text(high)}]; expected the lower end first");
        return (low, high);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
