using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Language.Architectures;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Checkpoints;

/// <summary>A small BERT of random weights, written as Hugging Face's libraries write one.</summary>
internal sealed class TinyBert : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyBert()
    {
        Network = BertTests.Random(BertTests.Tiny);
        Config();
        Words();
        Write();
    }

    public Bert Network { get; }

    public string Root => _folder.Root;

    public string this[string name] => _folder[name];

    public void Dispose()
    {
        Network.Dispose();
        _folder.Dispose();
    }

    /// <summary>Writes <c>config.json</c>, with members changed, added, or taken away by null.</summary>
    public void Config(params (string Name, JsonNode? Value)[] changes)
    {
        var options = Network.Options;
        var config = new JsonObject
        {
            ["model_type"] = "bert",
            ["vocab_size"] = options.Vocabulary,
            ["hidden_size"] = options.Width,
            ["intermediate_size"] = options.Hidden,
            ["num_attention_heads"] = options.Heads,
            ["num_hidden_layers"] = options.Blocks,
            ["max_position_embeddings"] = options.Positions,
            ["type_vocab_size"] = options.TokenTypes,
            ["hidden_act"] = "gelu",
            ["layer_norm_eps"] = options.NormEpsilon,
        };
        foreach (var (name, value) in changes)
        {
            config.Remove(name);
            if (value is not null) config[name] = value;
        }

        Text("config.json", config.ToJsonString());
    }

    /// <summary>As many words as the network has tokens.</summary>
    public void Words(params string[] others) => Text("vocab.txt", string.Join('\n', (string[])
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "nail", "polish", "blue", "hair", "##dryer", "##s", "cream", ",", "-", "cafe",
        "Café", "美", "白", "a", "b", "c", "##a", "##b", "##c", "1", "2", "##1", "##2", "day", .. others,
    ]) + "\n");

    /// <summary>Writes the weights, dealt out to files in turn.</summary>
    /// <param name="shards">Files; with an index where there are several.</param>
    /// <param name="name">From a parameter's name to a tensor's; null leaves it out. Null for the same names.</param>
    /// <param name="also">Tensors that hold a number each.</param>
    public void Write(int shards = 1, Func<string, string?>? name = null, params string[] also)
    {
        foreach (var old in Directory.GetFiles(Root, "model*")) File.Delete(old);
        var writers = Enumerable.Range(0, shards).Select(_ => new SafetensorsWriter()).ToArray();
        var map = new Dictionary<string, string>();
        foreach (var (own, parameter) in Network.named_parameters())
        {
            if ((name is null ? own : name(own)) is not { } stored) continue;
            var shard = map.Count % shards;
            writers[shard].Add<float>(stored, TensorValues.Copy(parameter), [.. parameter.shape.Select(n => (int)n)]);
            map[stored] = FileName(shard);
        }

        foreach (var one in also) writers[0].Add<long>(one, [0L], 1);
        foreach (var one in also) map[one] = FileName(0);
        for (var i = 0; i < shards; i++) writers[i].Save(_folder[FileName(i)]);
        if (shards > 1) Text("model.safetensors.index.json", JsonSerializer.Serialize(new { weight_map = map }));

        string FileName(int shard) => shards == 1 ? "model.safetensors" : $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
    }

    /// <summary>Writes what sentence-transformers adds.</summary>
    /// <param name="pooling">Of <c>1_Pooling/config.json</c>.</param>
    /// <param name="kinds">Of the modules after the network.</param>
    public void Sentences(string pooling, params string[] kinds)
    {
        Text("modules.json", JsonSerializer.Serialize(kinds.Prepend("Transformer").Select((kind, i) => new
        {
            idx = i,
            name = $"{i}",
            path = i == 0 ? "" : $"{i}_{kind}",
            type = "sentence_transformers.models." + kind,
        })));
        Directory.CreateDirectory(_folder["1_Pooling"]);
        Text("1_Pooling/config.json", pooling);
    }

    public void Text(string file, string text) => _folder.Write(file, text);
}
