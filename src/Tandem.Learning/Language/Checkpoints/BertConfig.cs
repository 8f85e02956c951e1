using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// Hugging Face's <c>config.json</c> of a BERT as <see cref="BertOptions"/>. What would change the network's equations and is not known
/// here is refused.
/// </summary>
public static class BertConfig
{
    /// <summary>Its name within a model's folder.</summary>
    public const string FileName = "config.json";

    /// <summary>Reads the shape of a network, without a pooler.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointFolderException">
    /// The file is damaged or describes another network; the message lists all that is unknown.
    /// </exception>
    public static BertOptions Read(string path) => ConfigReader.Read(path, Read, options => options.Validate(), "a BERT");

    private static BertOptions Read(ConfigReader config)
    {
        config.Expect("model_type", "bert");
        config.Expect("position_embedding_type", "absolute");
        foreach (var other in (string[])["is_decoder", "add_cross_attention", "is_encoder_decoder"]) config.Expect(other, false);
        if (config.Has("quantization_config")) config.Faults.Add("its weights are quantised ('quantization_config')");
        return new()
        {
            Vocabulary = config.Whole("vocab_size"),
            Width = config.Whole("hidden_size"),
            Hidden = config.Whole("intermediate_size"),
            Heads = config.Whole("num_attention_heads"),
            Blocks = config.Whole("num_hidden_layers"),
            Positions = config.Whole("max_position_embeddings"),
            TokenTypes = config.Has("type_vocab_size") ? config.Whole("type_vocab_size") : 2,
            Activation = config.OneOf("hidden_act", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu") switch
            {
                "relu" => BertActivation.Relu,
                "gelu" => BertActivation.Gelu,
                _ => BertActivation.GeluByTanh,
            },
            NormEpsilon = config.Number("layer_norm_eps", 1e-12),
        };
    }
}
