using System.Text.Json;
using Tandem.Protocol;

namespace Tandem.Cli;

/// <summary>The one JSON object that ends the output of a verb under <c>--json</c>.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions _indented = new(_options) { WriteIndented = true };

    public static void Print(object result) => Terminal.Output.PrintLine(JsonSerializer.Serialize(result, _options));

    public static void Save(object result, string path) => DurableFile.WriteText(path, JsonSerializer.Serialize(result, _indented) + "\n");
}
