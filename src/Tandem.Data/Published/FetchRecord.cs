using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Data.Published;

/// <summary>What <c>fetched.json</c> tells beside fetched data: what came from where, under which terms, with which hash.</summary>
public sealed record FetchRecord
{
    internal const string FileName = "fetched.json";

    /// <summary>The data set's name in the catalogue.</summary>
    public required string Name { get; init; }

    /// <summary>The terms in a line.</summary>
    public required string Licence { get; init; }

    /// <summary>Where the publisher tells of it.</summary>
    public required Uri Page { get; init; }

    /// <summary>When the last byte came.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>Every file that was fetched.</summary>
    public required IReadOnlyList<FetchedFile> Files { get; init; }

    /// <summary>The record in the folder, or null where there is none.</summary>
    /// <exception cref="DatasetException">The record is damaged.</exception>
    public static FetchRecord? Find(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), FetchRecordJson.Default.FetchRecord);
        }
        catch (JsonException e)
        {
            throw new DatasetException(e.Message, path, "a record of what was fetched", "delete it and fetch the data again", e);
        }
    }

    internal void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, FetchRecordJson.Default.FetchRecord) + "\n");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(FetchRecord))]
internal sealed partial class FetchRecordJson : JsonSerializerContext;
