using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Learning.Backbones;
using Tandem.Protocol;

namespace Tandem.Learning.Runs;

/// <summary>JSON of what runs record and tools print: camel case, enums by name, letters of any language as they are.</summary>
public static class RunJson
{
    private static readonly JsonSerializerOptions _basis = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly BackboneJson _line = new(_basis);
    private static readonly BackboneJson _indented = new(new(_basis) { WriteIndented = true });

    /// <summary>An object on one line.</summary>
    public static string ToLine(object value) => JsonSerializer.Serialize(value, _line.Options);

    /// <summary>Writes an object, indented; a crash leaves the old file or the new one.</summary>
    public static void Save(object value, string path) =>
        DurableFile.WriteText(path, JsonSerializer.Serialize(value, _indented.Options) + "\n");
}
