using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Learning.Layers;
using Tandem.Protocol;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// Writes a model's folder as Hugging Face's libraries read it: weights in <c>model.safetensors</c>, or in shards of bounded size beside
/// their index, and <c>config.json</c>.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>Bytes of a shard: as much is in memory beside the model while it is written.</summary>
    private const long ShardBytes = 1_000_000_000;

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Writes weights and settings.</summary>
    /// <param name="folder">Made where it is not there; files of these names are replaced.</param>
    /// <param name="config">What <c>config.json</c> becomes.</param>
    /// <param name="weights">By name, in the types in which they are kept.</param>
    /// <param name="shardBytes">Most bytes of a file, but for a tensor that alone has more.</param>
    /// <param name="metadata">What the files of the weights say besides, by name; null, the default, for nothing.</param>
    public static void Save(
        string folder, JsonObject config, IEnumerable<(string Name, Tensor Values)> weights, long shardBytes = ShardBytes,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        Directory.CreateDirectory(folder);
        var ordered = weights.OrderBy(weight => weight.Name, StringComparer.Ordinal).ToArray();
        var shards = Shards(ordered, shardBytes);
        for (var i = 0; i < shards.Count; i++) Save(Path.Combine(folder, NameOf(i, shards.Count)), shards[i], metadata);
        var index = Path.Combine(folder, CheckpointFolder.IndexFile);
        if (shards.Count > 1) DurableFile.WriteText(index, Index(shards).ToJsonString(_indented));
        else if (File.Exists(index)) File.Delete(index);
        DurableFile.WriteText(Path.Combine(folder, LlamaConfig.FileName), config.ToJsonString(_indented));
    }

    private static List<List<(string Name, Tensor Values)>> Shards((string Name, Tensor Values)[] weights, long most)
    {
        var (shards, bytes) = (new List<List<(string, Tensor)>> { new() }, 0L);
        foreach (var (name, values) in weights)
        {
            var own = values.numel() * values.element_size();
            if (bytes > 0 && bytes + own > most)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add((name, values));
            bytes += own;
        }

        return shards;
    }

    private static void Save(string path, List<(string Name, Tensor Values)> weights, IReadOnlyDictionary<string, string>? metadata)
    {
        var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } }; // the library asks for it
        foreach (var (name, text) in metadata ?? new Dictionary<string, string>()) writer.Metadata[name] = text;
        foreach (var (name, values) in weights)
        {
            var type = TensorBytes.TypeOf(values.dtype);
            writer.AddBytes(name, type, TensorBytes.Of(values, type), [.. values.shape.Select(n => (int)n)]);
        }

        writer.Save(path);
    }

    private static JsonObject Index(List<List<(string Name, Tensor Values)>> shards)
    {
        var places = new JsonObject();
        for (var i = 0; i < shards.Count; i++)
            foreach (var (name, _) in shards[i]) places[name] = NameOf(i, shards.Count);
        var bytes = shards.Sum(shard => shard.Sum(weight => weight.Values.numel() * weight.Values.element_size()));
        return new() { ["metadata"] = new JsonObject { ["total_size"] = bytes }, ["weight_map"] = places };
    }

    private static string NameOf(int shard, int count) => count == 1
        ? CheckpointFolder.WholeFile
        : string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:00000}-of-{count:00000}.safetensors");
}
