using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Data.Evaluation;

/// <summary>The content of <c>evaluation.json</c>.</summary>
internal sealed record EvaluationManifest
{
    /// <summary>
    /// Format 1 gave a target that no list could hold the rank after the last item, which looks like a hit where k exceeds the catalogue.
    /// </summary>
    public const int CurrentFormat = 2;

    public required int Format { get; init; }
    public required string Protocol { get; init; }
    public required string DataHash { get; init; }
    public required int Seed { get; init; }
    public required string Model { get; init; }
    public required bool MaskSeen { get; init; }
    public required int Events { get; init; }

    /// <summary>SHA-256 of <c>evaluation.parquet</c>.</summary>
    public required string TableHash { get; init; }
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    public static EvaluationManifest Of(EvaluationSummary summary, int events, string tableHash) => new()
    {
        Format = CurrentFormat,
        Protocol = summary.Protocol,
        DataHash = summary.DataHash,
        Seed = summary.Seed,
        Model = summary.Model,
        MaskSeen = summary.MaskSeen,
        Events = events,
        TableHash = tableHash,
        Metrics = summary.Metrics,
    };

    public EvaluationSummary Summary() => new()
    {
        Protocol = Protocol,
        DataHash = DataHash,
        Seed = Seed,
        Model = Model,
        MaskSeen = MaskSeen,
        Metrics = Metrics,
    };

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationManifestJson.Default.EvaluationManifest);

    /// <exception cref="DatasetException">The text is no manifest of this format.</exception>
    public static EvaluationManifest Parse(string json, string path)
    {
        EvaluationManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, EvaluationManifestJson.Default.EvaluationManifest);
        }
        catch (JsonException e)
        {
            throw new DatasetException(e.Message, path, $"an evaluation of format {CurrentFormat}", EvaluationTable.Remedy, e);
        }

        if (manifest?.Format != CurrentFormat || manifest.Events < 1)
        {
            throw new DatasetException(
                $"format {manifest?.Format} with {manifest?.Events} events", path, $"format {CurrentFormat} with one event at least",
                "evaluate the run again with this version");
        }

        return manifest;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EvaluationManifest))]
internal sealed partial class EvaluationManifestJson : JsonSerializerContext;
