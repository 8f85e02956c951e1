using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloud.Experiments;

/// <summary>Experiments as a file: a JSON array of <see cref="Experiment"/>, camelCase.</summary>
public static class ExperimentFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ExperimentException">It cannot be read or holds something else; the message says what and where.</exception>
    public static IReadOnlyList<Experiment> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ExperimentFileJson.Default.ExperimentArray)
                ?? throw new ExperimentException($"{path}: expected an array of experiments, found null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"{path} cannot be read: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new ExperimentException($"{path} holds no array of experiments: {e.Message}");
        }
    }
}

/// <summary>Members that are not known are refused: a misspelt one would be an arm that differs in nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Experiment[]))]
internal sealed partial class ExperimentFileJson : JsonSerializerContext;
