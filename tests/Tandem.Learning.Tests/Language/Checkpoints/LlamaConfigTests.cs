using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Checkpoints;

public sealed class LlamaConfigTests : IDisposable
{
    private const string Needed =
        "\"vocab_size\":50,\"hidden_size\":16,\"num_hidden_layers\":3,\"num_attention_heads\":4,\"intermediate_size\":24";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_golden_configuration_is_read()
    {
        var options = LlamaConfig.Read(SharedFolder.Require("golden/hf/llama-gqa-bf16/config.json"));
        var expected = new LlamaOptions
        {
            Vocabulary = 192,
            Width = 48,
            Blocks = 2,
            Heads = 6,
            KeyValueHeads = 2,
            HeadWidth = 8,
            Hidden = 96,
            Dropout = 0,
            RopeBase = 10_000,
            NormEpsilon = 1e-5,
            TiedEmbeddings = false,
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public void What_is_left_out_has_the_librarys_defaults()
    {
        var options = Read($"{{{Needed}}}");
        Assert.Equal((1e-6, 10_000, false), (options.NormEpsilon, options.RopeBase, options.TiedEmbeddings));
        Assert.Equal((null, null), (options.KeyValueHeads, options.HeadWidth));
    }

    [Theory]
    [InlineData("""{"rope_type":"default","rope_theta":500000.0}""", "rope_parameters", 500_000)]
    [InlineData("""{"type":"default"}""", "rope_scaling", 10_000)]
    public void The_angles_base_may_stand_in_a_group_of_its_own(string group, string name, double expected) =>
        Assert.Equal(expected, Read($"{{{Needed},\"{name}\":{group}}}").RopeBase);

    [Fact]
    public void Relatives_differ_in_biases_norms_and_angles()
    {
        var qwen2 = Read($"{{{Needed},\"model_type\":\"qwen2\"}}");
        Assert.Equal((true, false, false), (qwen2.QueryKeyValueBias, qwen2.OutputBias, qwen2.HeadNorms));
        var qwen3 = Read($"{{{Needed},\"model_type\":\"qwen3\"}}");
        Assert.Equal((false, true, 128), (qwen3.QueryKeyValueBias, qwen3.HeadNorms, qwen3.HeadWidth));
        var biased = Read($"{{{Needed},\"attention_bias\":true,\"mlp_bias\":true}}");
        Assert.Equal((true, true, true), (biased.QueryKeyValueBias, biased.OutputBias, biased.FeedForwardBias));
        const string Llama31 = "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
            + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}";
        Assert.Equal(new() { Kind = RopeScalingKind.Llama3, Factor = 8 }, Read($"{{{Needed},{Llama31}}}").RopeScaling);
        var linear = Read($"{{{Needed},\"rope_scaling\":{{\"type\":\"linear\",\"factor\":2.5}}}}").RopeScaling;
        Assert.Equal(new() { Kind = RopeScalingKind.Linear, Factor = 2.5 }, linear);
    }

    [Theory]
    [InlineData("\"model_type\":\"gemma\"", "'model_type' is \"gemma\", expected \"llama\" or \"mistral\" or \"qwen2\" or \"qwen3\"")]
    [InlineData("\"hidden_act\":\"gelu\"", "'hidden_act' is \"gelu\", expected \"silu\"")]
    [InlineData("\"attention_bias\":3", "'attention_bias' is 3, expected true or false")]
    [InlineData("\"model_type\":\"qwen2\",\"use_sliding_window\":true", "'use_sliding_window' is true, expected false")]
    [InlineData("\"model_type\":\"mistral\",\"sliding_window\":4096", "its attention sees a window alone ('sliding_window')")]
    [InlineData("\"mlp_bias\":1", "'mlp_bias' is 1, expected true or false")]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0}", "'rope_scaling.original_max_position_embeddings' is missing")]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":8.0}", "'rope_scaling.rope_type' is \"yarn\", expected")]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\"}", "rope scaling by NaN; a finite number from 1 is needed")]
    [InlineData("\"rope_scaling\":3", "'rope_scaling' is 3, expected an object")]
    [InlineData("\"quantization_config\":{}", "quantised")]
    [InlineData("\"num_key_value_heads\":3", "3 heads of keys and values")]
    [InlineData("\"head_dim\":-8", "'head_dim' is -8, expected a whole number above 0")]
    [InlineData("\"rms_norm_eps\":\"small\"", "'rms_norm_eps' is \"small\", expected a number")]
    public void What_this_version_does_not_know_is_refused_by_name(string member, string named)
    {
        var e = Assert.Throws<CheckpointFolderException>(() => Read($"{{{Needed},{member}}}"));
        Assert.StartsWith(_folder["config.json"], e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "'vocab_size' is missing")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"vocab_size\":5e9}", "'vocab_size' is 5e9")]
    public void A_damaged_configuration_is_refused(string json, string named) =>
        Assert.Contains(named, Assert.Throws<CheckpointFolderException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void One_message_names_all_faults()
    {
        var e = Assert.Throws<CheckpointFolderException>(() => Read("""{"hidden_act":"relu","quantization_config":{}}"""));
        Assert.Equal(8, e.Message.Split(';').Length);
    }

    private LlamaOptions Read(string json) => LlamaConfig.Read(_folder.Write("config.json", json));
}
