using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// Hugging Face's <c>config.json</c> of a T5 or mT5 as <see cref="T5Options"/>. What the file leaves out has that library's defaults; what
/// would change the network's equations and is not known here is refused.
/// </summary>
public static class T5Config
{
    /// <summary>What <c>model_type</c> may be.</summary>
    internal static readonly string[] Families = ["t5", "mt5"];

    /// <summary>Reads the settings of a network; its dropout is the file's.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointFolderException">
    /// The file is damaged or describes another network; the message lists all that is unknown.
    /// </exception>
    public static T5Options Read(string path) => ConfigReader.Read(path, Read, options => options.Validate(), "a T5");

    private static T5Options Read(ConfigReader config)
    {
        var family = config.OneOf("model_type", Families);
        config.Expect("is_encoder_decoder", true);
        if (config.Has("quantization_config")) config.Faults.Add("its weights are quantised ('quantization_config')");
        var blocks = config.Whole("num_layers");
        var feedForward = config.OneOf("feed_forward_proj", "relu", "gated-gelu", "gated-silu");
        var padding = config.WholeFrom0("pad_token_id", 0);
        return new()
        {
            Vocabulary = config.Whole("vocab_size"),
            Width = config.Whole("d_model"),
            Hidden = config.Whole("d_ff"),
            Heads = config.Whole("num_heads"),
            HeadWidth = config.Whole("d_kv"),
            EncoderBlocks = blocks,
            DecoderBlocks = config.Has("num_decoder_layers") ? config.Whole("num_decoder_layers") : blocks,
            FeedForward = feedForward switch
            {
                "gated-gelu" => T5FeedForwardKind.GatedGelu,
                "gated-silu" => T5FeedForwardKind.GatedSilu,
                _ => T5FeedForwardKind.Relu,
            },
            Buckets = config.WholeFrom0("relative_attention_num_buckets", 32),
            FarthestDistance = config.WholeFrom0("relative_attention_max_distance", 128),
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-6),
            TiedEmbeddings = config.Flag("tie_word_embeddings", family == "t5"),
            StartToken = config.WholeFrom0("decoder_start_token_id", padding),
            Padding = padding,
            Dropout = config.Number("dropout_rate", 0.1),
        };
    }
}
