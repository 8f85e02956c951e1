using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// Hugging Face's <c>config.json</c> of a Llama as <see cref="LlamaOptions"/>. What the file leaves out has that library's defaults;
/// what would change the network's equations and is not known here is refused.
/// </summary>
public static class LlamaConfig
{
    /// <summary>Its name within a model's folder.</summary>
    public const string FileName = "config.json";

    /// <summary>Reads the settings of a network; its dropout is 0.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointFolderException">The file is damaged or describes another network; the message lists all that is unknown.</exception>
    public static LlamaOptions Read(string path)
    {
        using var document = JsonFile.Read(path);
        var config = new ConfigReader(document.RootElement);
        var options = Read(config);
        var faults = config.Faults.Concat(config.Faults.Count == 0 ? options.Validate() : []).ToArray();
        if (faults.Length == 0) return options;
        throw new CheckpointFolderException($"{path}: {string.Join("; ", faults)}; expected the settings of a Llama that this version knows");
    }

    private static LlamaOptions Read(ConfigReader config)
    {
        config.Expect("model_type", "llama");
        config.Expect("hidden_act", "silu");
        config.Expect("attention_bias", false);
        config.Expect("mlp_bias", false);
        if (config.Has("quantization_config")) config.Faults.Add("its weights are quantised ('quantization_config')");
        // Newer files hold base and scaling of the rotary angles in one object.
        var ropeBase = config.Number("rope_theta", 10_000);
        foreach (var group in (string[])["rope_scaling", "rope_parameters"])
        {
            if (config.Group(group) is not { } rope) continue;
            rope.Expect(rope.Has("type") ? "type" : "rope_type", "default");
            ropeBase = rope.Number("rope_theta", ropeBase);
        }

        return new LlamaOptions
        {
            Vocabulary = config.Whole("vocab_size"),
            Width = config.Whole("hidden_size"),
            Blocks = config.Whole("num_hidden_layers"),
            Heads = config.Whole("num_attention_heads"),
            KeyValueHeads = config.Has("num_key_value_heads") ? config.Whole("num_key_value_heads") : null,
            HeadWidth = config.Has("head_dim") ? config.Whole("head_dim") : null,
            Hidden = config.Whole("intermediate_size"),
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            RopeBase = ropeBase,
            TiedEmbeddings = config.Flag("tie_word_embeddings", false),
            Dropout = 0,
        };
    }
}
