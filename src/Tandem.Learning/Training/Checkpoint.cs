using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// A network's weights as safetensors, and with them, while it trains, all that an exact resume needs: optimiser state, best
/// weights so far and the record of past epochs.
/// </summary>
/// <remarks>
/// Random numbers need no place here: each epoch's derive from the seed and the epoch's number.
/// </remarks>
public static class Checkpoint
{
    private const string BestPrefix = "best.";

    private static readonly JsonSerializerOptions _strict =
        new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Weights alone, under their own names.</summary>
    /// <param name="network">Whose parameters.</param>
    /// <param name="path">Of the file.</param>
    /// <param name="metadata">What else the file says, by name; null, the default, for nothing.</param>
    public static void SaveWeights(nn.Module network, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, text) in metadata ?? new Dictionary<string, string>()) writer.Metadata[name] = text;
        AddWeights(network, writer);
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="SaveWeights"/> wrote.</summary>
    /// <exception cref="SafetensorsException">
    /// The file is damaged, or a tensor is missing, has another shape or holds what is no finite number.
    /// </exception>
    public static void LoadWeights(nn.Module network, string path)
    {
        using var file = SafetensorsReader.Open(path);
        ReadWeights(network, file, path);
    }

    /// <summary>Adds every parameter of the network to a file.</summary>
    /// <param name="network">Whose parameters.</param>
    /// <param name="writer">Of the file.</param>
    /// <param name="except">True for the names of those that are left out; null, the default, to leave out none.</param>
    public static void AddWeights(nn.Module network, SafetensorsWriter writer, Func<string, bool>? except = null)
    {
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (except?.Invoke(name) == true) continue;
            var shape = parameter.shape.Select(n => (int)n).ToArray();
            if (TensorValues.AreInPlace<float>(parameter))
            {
                writer.Add<float>(name, TensorValues.InPlace<float>(parameter), shape);
            }
            else
            {
                writer.AddBytes(
                name, TensorBytes.TypeOf(parameter.dtype), TensorBytes.Of(parameter, TensorBytes.TypeOf(parameter.dtype)), shape);
            }
        }
    }

    internal static void SaveTraining(
        string path, nn.Module network, AdamW optimizer, IReadOnlyList<ITrainingPart> parts, TrainingState state)
    {
        var writer = new SafetensorsWriter();
        AddWeights(network, writer);
        optimizer.Save(writer);
        foreach (var part in parts) part.Save(writer);
        foreach (var (name, values) in state.BestWeights) writer.Add(BestPrefix + name, values, values.Length);
        writer.Metadata["training"] = JsonSerializer.Serialize(state.Record);
        writer.Save(path);
    }

    internal static TrainingState LoadTraining(
        string path, string settings, nn.Module network, AdamW optimizer, IReadOnlyList<ITrainingPart> parts)
    {
        using var file = SafetensorsReader.Open(path);
        if (!file.Metadata.TryGetValue("training", out var json))
            throw new CheckpointException($"{path}: holds weights but no training state; resume needs a checkpoint of a training run");
        var record = ReadRecord(path, json);
        if (record.Settings != settings)
        {
            throw new CheckpointException(
                $"{path}: was trained with other settings ({Difference(record.Settings, settings)}); give this run a folder of its own");
        }

        ReadWeights(network, file, path);
        optimizer.Load(file);
        foreach (var part in parts) part.Load(file);
        return new TrainingState(record, record.BestValidation is null ? [] : ReadBest(network, file));
    }

    internal static Dictionary<string, float[]> Copy(nn.Module network) =>
        network.named_parameters().ToDictionary(p => p.name, p => TensorValues.Copy(p.parameter));

    internal static void Restore(nn.Module network, IReadOnlyDictionary<string, float[]> weights)
    {
        foreach (var (name, parameter) in network.named_parameters())
            TensorValues.Set(parameter, weights[name]);
    }

    private static TrainingRecord ReadRecord(string path, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingRecord>(json, _strict) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: the training state cannot be read ({e.Message}); delete the file to train anew");
        }
    }

    private static string Difference(string kept, string asked)
    {
        try
        {
            return SettingsDifference.Find(JsonNode.Parse(kept), JsonNode.Parse(asked))?.Describe("the checkpoint") ?? "written otherwise";
        }
        catch (JsonException)
        {
            return $"the checkpoint has '{kept}', the command '{asked}'"; // a task outside this library may name its settings as it likes
        }
    }

    /// <summary>Asked for by name when the run starts: what is missing would otherwise show when it ends.</summary>
    private static Dictionary<string, float[]> ReadBest(nn.Module network, SafetensorsReader file) =>
        network.named_parameters().ToDictionary(
            p => p.name, p => file.Load(BestPrefix + p.name, (int)p.parameter.numel()).As<float>().ToArray());

    private static void ReadWeights(nn.Module network, SafetensorsReader file, string path)
    {
        var entries = new List<(Parameter Parameter, TensorEntry Entry)>();
        try
        {
            foreach (var (name, parameter) in network.named_parameters())
            {
                var entry = file.Load(name, parameter.shape.Select(n => (int)n).ToArray());
                TensorBytes.TypeOf(entry.Type); // refuses what holds no floats, before anything is filled
                if (!TensorPrimitives.IsFiniteAll(entry.Holds<float>() ? entry.As<float>() : entry.ToSingles()))
                {
                    throw new SafetensorsException(
                        $"tensor '{name}' holds NaN or an infinity, expected finite numbers: train the model again, with a lower learning "
                            + "rate");
                }

                entries.Add((parameter, entry));
            }
        }
        catch (SafetensorsException e)
        {
            throw new SafetensorsException($"{path}: {e.Message}");
        }

        // All of them are checked by now, so that a refused file leaves the network as it was.
        foreach (var (parameter, entry) in entries)
            TensorBytes.Fill(parameter, entry);
    }
}
