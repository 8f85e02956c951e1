using System.Text.Json.Nodes;
using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// Hugging Face's <c>config.json</c> of a Llama, Mistral, Qwen 2 or Qwen 3 as <see cref="LlamaOptions"/>. What the file leaves out has
/// that library's defaults; what would change the network's equations and is not known here is refused.
/// </summary>
public static class LlamaConfig
{
    /// <summary>Its name within a model's folder.</summary>
    public const string FileName = "config.json";

    /// <summary>What <c>model_type</c> may be.</summary>
    internal static readonly string[] Families = ["llama", "mistral", "qwen2", "qwen3"];

    private const int Qwen3HeadWidth = 128; // where the file leaves it out

    /// <summary>Reads the settings of a network; its dropout is 0.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointFolderException">
    /// The file is damaged or describes another network; the message lists all that is unknown.
    /// </exception>
    public static LlamaOptions Read(string path) =>
        ConfigReader.Read(path, Read, options => options.Validate(), "a Llama, Mistral or Qwen");

    /// <summary>
    /// The settings of a network of plain Llama's blocks as that file has them, without its dropout; null for a relative's.
    /// </summary>
    /// <param name="options">With a vocabulary.</param>
    internal static JsonObject? Write(LlamaOptions options)
    {
        var isPlain = !options.QueryKeyValueBias && !options.OutputBias && !options.FeedForwardBias && !options.HeadNorms
            && options.RopeScaling is null;
        return isPlain ? Plain(options) : null;
    }

    private static JsonObject Plain(LlamaOptions options) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["hidden_act"] = "silu",
        ["vocab_size"] = options.Vocabulary,
        ["hidden_size"] = options.Width,
        ["num_hidden_layers"] = options.Blocks,
        ["num_attention_heads"] = options.Heads,
        ["num_key_value_heads"] = options.EffectiveKeyValueHeads,
        ["head_dim"] = options.EffectiveHeadWidth,
        ["intermediate_size"] = options.Hidden,
        ["rms_norm_eps"] = options.NormEpsilon,
        ["rope_theta"] = options.RopeBase,
        ["tie_word_embeddings"] = options.TiedEmbeddings,
        ["torch_dtype"] = "float32",
    };

    private static LlamaOptions Read(ConfigReader config)
    {
        var family = config.OneOf("model_type", Families);
        config.Expect("hidden_act", "silu");
        if (config.Has("quantization_config")) config.Faults.Add("its weights are quantised ('quantization_config')");
        RefuseWindows(config, family);
        var (ropeBase, scaling) = ReadRope(config);
        var hasBias = family is "llama" or "qwen3" && config.Flag("attention_bias", false);
        return new LlamaOptions
        {
            Vocabulary = config.Whole("vocab_size"),
            Width = config.Whole("hidden_size"),
            Blocks = config.Whole("num_hidden_layers"),
            Heads = config.Whole("num_attention_heads"),
            KeyValueHeads = config.Has("num_key_value_heads") ? config.Whole("num_key_value_heads") : null,
            HeadWidth = config.Has("head_dim") ? config.Whole("head_dim") : family == "qwen3" ? Qwen3HeadWidth : null,
            Hidden = config.Whole("intermediate_size"),
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            RopeBase = ropeBase,
            RopeScaling = scaling,
            QueryKeyValueBias = hasBias || family == "qwen2",
            OutputBias = hasBias,
            FeedForwardBias = family == "llama" && config.Flag("mlp_bias", false),
            HeadNorms = family == "qwen3",
            TiedEmbeddings = config.Flag("tie_word_embeddings", false),
            Dropout = 0,
        };
    }

    /// <summary>A window narrower than the text is another network.</summary>
    private static void RefuseWindows(ConfigReader config, string family)
    {
        if (family is "qwen2" or "qwen3") config.Expect("use_sliding_window", false);
        if (family == "mistral" && config.Has("sliding_window"))
            config.Faults.Add("its attention sees a window alone ('sliding_window')");
    }

    /// <summary>Newer files hold base and scaling of the rotary angles in one object.</summary>
    private static (double Base, RopeScaling? Scaling) ReadRope(ConfigReader config)
    {
        var (ropeBase, scaling) = (config.Number("rope_theta", 10_000), (RopeScaling?)null);
        foreach (var group in (string[])["rope_scaling", "rope_parameters"])
        {
            if (config.Group(group) is not { } rope) continue;
            ropeBase = rope.Number("rope_theta", ropeBase);
            scaling ??= rope.OneOf(rope.Has("rope_type") ? "rope_type" : "type", "default", "linear", "llama3") switch
            {
                "linear" => new() { Kind = RopeScalingKind.Linear, Factor = rope.Number("factor", double.NaN) },
                "llama3" => new()
                {
                    Kind = RopeScalingKind.Llama3,
                    Factor = rope.Number("factor", double.NaN),
                    FewTurns = rope.Number("low_freq_factor", double.NaN),
                    ManyTurns = rope.Number("high_freq_factor", double.NaN),
                    OriginalSteps = rope.Whole("original_max_position_embeddings"),
                },
                _ => null,
            };
        }

        return (ropeBase, scaling);
    }
}
