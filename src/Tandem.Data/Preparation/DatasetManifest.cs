using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Data.Preparation;

/// <summary>The content of <c>dataset.json</c>.</summary>
internal sealed record DatasetManifest
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }
    public required string Name { get; init; }
    public required int Users { get; init; }
    public required int Items { get; init; }
    public required int Interactions { get; init; }
    public required bool HasTimes { get; init; }

    /// <summary>True where the interactions have a column of values; false in folders of a time when none had.</summary>
    public bool HasValues { get; init; }

    public required int Seed { get; init; }
    public required string Hash { get; init; }
    public required string CatalogVersion { get; init; }
    public required string Source { get; init; }

    /// <summary>What was left out of the source; null in folders of a time when nothing could be.</summary>
    public PreparationOptions? Preparation { get; init; }

    /// <summary>What was noticed while the source was read; null in folders of a time when nothing was said.</summary>
    public ReadingNotes? Reading { get; init; }

    /// <summary>SHA-256 of each table's file, by file name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    public static DatasetManifest Of(SequenceDataset dataset, IReadOnlyDictionary<string, string> files) => new()
    {
        Format = CurrentFormat,
        Name = dataset.Name,
        Users = dataset.Users,
        Items = dataset.Catalog.Count,
        Interactions = dataset.Interactions,
        HasTimes = dataset.HasTimes,
        HasValues = dataset.HasValues,
        Seed = dataset.Seed,
        Hash = dataset.Hash,
        CatalogVersion = dataset.Catalog.Version,
        Source = dataset.Source,
        Preparation = dataset.Preparation,
        Reading = dataset.Reading,
        Files = files,
    };

    public string ToJson() => JsonSerializer.Serialize(this, DatasetManifestJson.Default.DatasetManifest);

    /// <exception cref="DatasetException">The text is no manifest of this format.</exception>
    public static DatasetManifest Parse(string json, string path)
    {
        DatasetManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, DatasetManifestJson.Default.DatasetManifest);
        }
        catch (JsonException e)
        {
            throw new DatasetException(e.Message, path, $"a manifest of format {CurrentFormat}", "prepare the data set again", e);
        }
        if (manifest?.Format != CurrentFormat)
        {
            throw new DatasetException(
                $"format {manifest?.Format}", path, $"format {CurrentFormat}", "prepare the data set again with this version");
        }

        return manifest;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DatasetManifest))]
internal sealed partial class DatasetManifestJson : JsonSerializerContext;
