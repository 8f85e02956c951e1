using System.Text.Json;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private static readonly LlamaOptions _options = new()
    {
        Vocabulary = 12,
        Width = 8,
        Blocks = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadWidth = 6,
        Hidden = 10,
        TiedEmbeddings = false,
        Dropout = 0,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Llama _model = new(_options, new Noise(1));

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, TensorType.F32)]
    [InlineData(3, TensorType.F32)]
    [InlineData(2, TensorType.BF16)]
    [InlineData(2, TensorType.F16)]
    public void A_model_comes_back_from_one_file_and_from_several(int shards, TensorType type)
    {
        Write(shards, type);
        using var loaded = LlamaCheckpoint.Load(_folder.Root);
        using var widened = LlamaCheckpoint.Load(_folder.Root, widen: true);
        foreach (var (name, values) in Values.Of(_model))
        {
            Assert.Equal(TensorBytes.TypeOf(type), loaded.get_parameter(name)!.dtype);
            Assert.Equal(ScalarType.Float32, widened.get_parameter(name)!.dtype);
            Assert.Equal(Values.Of(widened.get_parameter(name)!), Values.Of(loaded.get_parameter(name)!));
            var writer = new SafetensorsWriter();
            writer.AddBytes("x", type, TensorBytes.Of(_model.get_parameter(name)!, type), values.Length);
            Assert.True(SafetensorsFile.TryParse(writer.ToArray(), out var file, out _));
            Assert.Equal(file.Tensors["x"].ToSingles(), Values.Of(loaded.get_parameter(name)!));
        }
    }

    [Fact]
    public void The_shapes_that_are_asked_for_are_those_that_a_model_has()
    {
        foreach (var options in new[] { _options, _options with { TiedEmbeddings = true, KeyValueHeads = null, HeadWidth = null } })
        {
            using var model = new Llama(options, new Noise(1));
            Assert.Equal(
                model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal),
                LlamaCheckpoint.Shapes(options).Select(s => $"{s.Name} [{string.Join(", ", s.Shape)}]").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Shards_of_another_program_are_read_as_one()
    {
        using var folder = CheckpointFolder.Open(SharedFolder.Require("golden/hf/qwen2-bias-sharded"));
        var headers = folder.Tensors.ToDictionary(t => t.Name);
        Assert.Equal(26, headers.Count);
        Assert.Equal([150, 32], headers["model.embed_tokens.weight"].Shape);
        Assert.Equal([32], headers["model.layers.1.self_attn.q_proj.bias"].Shape);
    }

    [Fact]
    public void A_folder_whose_files_do_not_fit_together_is_refused()
    {
        AssertRefused("holds neither");
        Write(2, TensorType.F32);
        var index = File.ReadAllText(_folder["model.safetensors.index.json"]);
        Index(index.Replace("\"model.norm.weight\":", "\"model.other.weight\":", StringComparison.Ordinal));
        AssertRefused("differ about tensor 'model.norm.weight'");
        foreach (var name in new[] { "../a.safetensors", "/a.safetensors", "b\\a.safetensors", ".safetensors", "a.bin", "" })
        {
            Index(JsonSerializer.Serialize(new { weight_map = new Dictionary<string, string> { ["a"] = name } }));
            AssertRefused("expected the name of a .safetensors file in the same folder");
        }

        Index("""{"weight_map":{"a":7}}""");
        AssertRefused("'a' lies in 7");
        Index("""{"weight_map":[]}""");
        AssertRefused("no object 'weight_map'");
        Index("""{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}""");
        AssertRefused("not valid JSON");
        Index("""{"weight_map":{"a":"x.safetensors"}}""");
        AssertRefused("names x.safetensors, which is not there");
        File.Delete(_folder["config.json"]);
        Assert.Contains("config.json: there is no such file", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_files_is_refused()
    {
        Write(2, TensorType.F32);
        var again = new SafetensorsWriter();
        again.Add("model.norm.weight", new float[8], 8);
        again.Save(_folder["again.safetensors"]);
        Index(File.ReadAllText(_folder["model.safetensors.index.json"])
            .Replace("\"weight_map\":{", "\"weight_map\":{\"x\":\"again.safetensors\",", StringComparison.Ordinal));
        AssertRefused("differ about tensor 'model.norm.weight'");
    }

    [Fact]
    public void A_tensor_too_many_too_few_or_of_another_shape_is_refused()
    {
        Write(1, TensorType.F32, except: "model.layers.1.mlp.up_proj.weight");
        AssertRefused("has no tensor 'model.layers.1.mlp.up_proj.weight'");
        Write(1, TensorType.F32, also: "model.layers.1.self_attn.q_norm.weight");
        AssertRefused("holds 1 tensors that the model has no place for (model.layers.1.self_attn.q_norm.weight)");
        Write(1, TensorType.F32, also: "model.layers.1.self_attn.rotary_emb.inv_freq");
        LlamaCheckpoint.Load(_folder.Root).Dispose();
        Config(_options with { Hidden = 11 });
        AssertRefused("[10, 8], expected [11, 8]");
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused()
    {
        using (no_grad()) _model.get_parameter("model.norm.weight")!.fill_(TensorArithmetic.NegativeInfinity);
        Write(1, TensorType.BF16);
        var e = Assert.Throws<SafetensorsException>(() => LlamaCheckpoint.Load(_folder.Root));
        Assert.Contains("'model.norm.weight' holds NaN or an infinity", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The claims are held against the file before any memory is taken.</summary>
    [Fact]
    public void A_config_that_claims_giant_sizes_takes_no_memory()
    {
        Write(1, TensorType.F32);
        Config(_options with { Vocabulary = int.MaxValue });
        AssertRefused("expected [2147483647, 8]");
        Config(_options with { Blocks = int.MaxValue });
        AssertRefused("has no tensor 'model.layers.2.input_layernorm.weight'");
        Config(_options with { Heads = 1 << 20, KeyValueHeads = 1, HeadWidth = 1 << 20 });
        AssertRefused("too wide");
    }

    private void AssertRefused(string named) => Assert.Contains(named, Refusal(), StringComparison.Ordinal);

    private string Refusal()
    {
        if (!File.Exists(_folder["config.json"]) && !File.Exists(_folder["model.safetensors.index.json"])) Config(_options);
        return Assert.Throws<CheckpointFolderException>(() => LlamaCheckpoint.Load(_folder.Root)).Message;
    }

    private void Index(string json) => _folder.Write("model.safetensors.index.json", json);

    private void Config(LlamaOptions options) => _folder.Write("config.json", JsonSerializer.Serialize(new
    {
        model_type = "llama",
        vocab_size = options.Vocabulary,
        hidden_size = options.Width,
        num_hidden_layers = options.Blocks,
        num_attention_heads = options.Heads,
        num_key_value_heads = options.KeyValueHeads,
        head_dim = options.HeadWidth,
        intermediate_size = options.Hidden,
        tie_word_embeddings = options.TiedEmbeddings,
    }));

    /// <summary>The model's tensors dealt out to files in turn, with an index where there are several.</summary>
    private void Write(int shards, TensorType type, string? except = null, string? also = null)
    {
        Config(_options);
        var writers = Enumerable.Range(0, shards).Select(_ => new SafetensorsWriter()).ToArray();
        var (map, next) = (new Dictionary<string, string>(), 0);
        foreach (var (name, parameter) in _model.named_parameters().Where(p => p.name != except))
        {
            writers[next % shards].AddBytes(name, type, TensorBytes.Of(parameter, type), [.. parameter.shape.Select(n => (int)n)]);
            map[name] = FileName(next++ % shards);
        }

        if (also is not null) writers[0].Add(also, new float[2], 2);
        for (var i = 0; i < shards; i++) writers[i].Save(_folder[FileName(i)]);
        if (shards > 1) Index(JsonSerializer.Serialize(new { metadata = new { total_size = 1 }, weight_map = map }));

        string FileName(int shard) => shards == 1 ? "model.safetensors" : $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
    }
}
