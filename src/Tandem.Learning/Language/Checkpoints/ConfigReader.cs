using System.Text.Json;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>Reads members of a foreign JSON object and collects what is wrong with them.</summary>
internal sealed class ConfigReader
{
    private const int LongestShown = 60;

    private readonly JsonElement _object;
    private readonly string _path;

    public ConfigReader(JsonElement json) : this(json, "", [])
    {
        if (json.ValueKind != JsonValueKind.Object) Faults.Add("it is no JSON object");
    }

    private ConfigReader(JsonElement json, string path, List<string> faults) => (_object, _path, Faults) = (json, path, faults);

    public List<string> Faults { get; }

    /// <summary>Reads the settings of a network from a file.</summary>
    /// <param name="path">Of a <c>config.json</c>.</param>
    /// <param name="read">Makes the settings of its members.</param>
    /// <param name="validate">Every fault of the settings.</param>
    /// <param name="network">What is expected, such as <c>a BERT</c>, for messages.</param>
    /// <exception cref="CheckpointFolderException">
    /// The file is damaged or describes another network; the message lists all that is unknown.
    /// </exception>
    public static T Read<T>(string path, Func<ConfigReader, T> read, Func<T, IEnumerable<string>> validate, string network)
    {
        using var document = JsonFile.Read(path);
        var config = new ConfigReader(document.RootElement);
        var options = read(config);
        var faults = config.Faults.Concat(config.Faults.Count == 0 ? validate(options) : []).ToArray();
        return faults.Length == 0
            ? options
            : throw new CheckpointFolderException(
                $"{path}: {string.Join("; ", faults)}; expected the settings of {network} that this version knows");
    }

    /// <summary>Whether a member is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A whole number above 0; 1 beside a fault.</summary>
    public int Whole(string name)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number > 0) return number;
        return Fault(name, "a whole number above 0", 1);
    }

    /// <summary>A whole number, 0 or more.</summary>
    public int WholeFrom0(string name, int byDefault)
    {
        if (Find(name) is not { } value) return byDefault;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0) return number;
        return Fault(name, "a whole number from 0", byDefault);
    }

    /// <summary>A whole number from 0 or a list of them; empty where it is left out.</summary>
    public IReadOnlyList<int> WholeFrom0OrList(string name)
    {
        if (Find(name) is not { } value) return [];
        var numbers = new List<int>();
        foreach (var one in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : (JsonElement[])[value])
        {
            if (one.ValueKind != JsonValueKind.Number || !one.TryGetInt32(out var number) || number < 0)
                return Fault<IReadOnlyList<int>>(name, "a whole number from 0, or a list of them", []);
            numbers.Add(number);
        }

        return numbers;
    }

    public double Number(string name, double byDefault)
    {
        if (Find(name) is not { } value) return byDefault;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)) return number;
        return Fault(name, "a number", byDefault);
    }

    public bool Flag(string name, bool byDefault)
    {
        if (Find(name) is not { } value) return byDefault;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Fault(name, "true or false", byDefault);
    }

    /// <summary>Any text; empty where it is left out.</summary>
    public string Text(string name)
    {
        if (Find(name) is not { } value) return "";
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : Fault(name, "a text", "");
    }

    /// <summary>A text that is one of some; the first where it is left out.</summary>
    public string OneOf(string name, params IReadOnlyList<string> known)
    {
        if (Find(name) is not { } value) return known[0];
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && known.Contains(text)) return text;
        return Fault(name, string.Join(" or ", known.Select(one => $"\"{one}\"")), known[0]);
    }

    /// <summary>A member that is an object, or null.</summary>
    public ConfigReader? Group(string name)
    {
        if (Find(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Object
            ? new ConfigReader(value, $"{_path}{name}.", Faults)
            : Fault<ConfigReader?>(name, "an object", null);
    }

    /// <summary>A text that has one known value; left out, it has it.</summary>
    public void Expect(string name, string known)
    {
        if (Find(name) is not { } value || (value.ValueKind == JsonValueKind.String && value.ValueEquals(known))) return;
        Fault(name, $"\"{known}\"", 0);
    }

    /// <summary>A flag that has one known value; left out, it has it.</summary>
    public void Expect(string name, bool known)
    {
        if (Flag(name, known) != known) Fault(name, known ? "true" : "false", 0);
    }

    private JsonElement? Find(string name) =>
        _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private T Fault<T>(string name, string expected, T otherwise)
    {
        var found = Find(name)?.GetRawText() ?? "missing";
        Faults.Add(
            $"'{_path}{name}' is {(found.Length > LongestShown ? $"{found.AsSpan(0, LongestShown)}..." : found)}, expected {expected}");
        return otherwise;
    }
}
