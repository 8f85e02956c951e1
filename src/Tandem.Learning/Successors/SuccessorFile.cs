using System.Text.Json;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Successors;

/// <summary>Counts of successors beside a model's weights: one safetensors file, the table as tensors, the join as metadata.</summary>
public static class SuccessorFile
{
    private const string JoinKey = "join";
    private const string KindKey = "kind";
    private const string Kind = "successors";

    private static readonly JsonSerializerOptions _strict =
        new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    /// <param name="successors">What is kept.</param>
    public static void Save(string path, CountedSuccessors successors)
    {
        var writer = new SafetensorsWriter
        {
            Metadata = { [KindKey] = Kind, [JoinKey] = JsonSerializer.Serialize(successors.Join) },
        };
        successors.Table.Write(writer);
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged, holds something else, or counts of another catalogue.</exception>
    public static CountedSuccessors Load(string path, int items)
    {
        var file = SafetensorsFile.Load(path);
        try
        {
            if (file.Metadata.GetValueOrDefault(KindKey) != Kind) throw new SafetensorsException("holds no counts of successors");
            return new(SuccessorTable.Read(file, items), Join(file.Metadata.GetValueOrDefault(JoinKey, "null")));
        }
        catch (SafetensorsException e)
        {
            throw new SafetensorsException($"{path}: {e.Message}; train the model again");
        }
    }

    private static SuccessorJoin Join(string json)
    {
        try
        {
            var join = JsonSerializer.Deserialize<SuccessorJoin>(json, _strict) ?? throw new JsonException("it is missing");
            return join.Validate() is [var fault, ..] ? throw new JsonException(fault) : join;
        }
        catch (JsonException e)
        {
            throw new SafetensorsException($"the way of joining cannot be used ({e.Message})");
        }
    }
}
