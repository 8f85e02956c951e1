using System.Text.Json;
using Tandem.Learning.Backbones;
using Tandem.Protocol;

namespace Tandem.Cli;

/// <summary>The one JSON object that ends the output of a verb under <c>--json</c>.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions _basis = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly BackboneJson _line = new(_basis);
    private static readonly BackboneJson _indented = new(new(_basis) { WriteIndented = true });

    public static void Print(object result) => Terminal.Output.PrintLine(JsonSerializer.Serialize(result, _line.Options));

    public static void Save(object result, string path) =>
        DurableFile.WriteText(path, JsonSerializer.Serialize(result, _indented.Options) + "\n");
}
