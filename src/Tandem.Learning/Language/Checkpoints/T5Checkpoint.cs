using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>T5 or mT5 from a folder as Hugging Face's libraries write it.</summary>
public static class T5Checkpoint
{
    /// <summary>Reads settings and weights.</summary>
    /// <param name="folder">With <c>config.json</c> and safetensors, in one file or several.</param>
    /// <param name="widen">
    /// True for weights of float32, to be trained; false, the default, to keep BF16 and F16 as they are stored.
    /// </param>
    /// <returns>A model in evaluation on the CPU, which computes in float32.</returns>
    /// <exception cref="CheckpointFolderException">
    /// It is no T5 that this version knows, or a tensor is missing or one too many.
    /// </exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public static T5 Load(string folder, bool widen = false) => Load(folder, widen, new Noise(0));

    /// <param name="folder">With <c>config.json</c> and safetensors.</param>
    /// <param name="widen">True for weights of float32.</param>
    /// <param name="noise">Source of dropout masks, should it be trained.</param>
    /// <param name="dropout">Share that is dropped then; null, the default, for the configuration's.</param>
    internal static T5 Load(string folder, bool widen, Noise noise, double? dropout = null)
    {
        var options = T5Config.Read(Path.Combine(folder, LlamaConfig.FileName));
        return CheckpointFolder.Load(
            folder, Shapes(options), type => new T5(options with { Unfilled = type, Dropout = dropout ?? options.Dropout }, noise),
            name => MayBeLeft(name, options), widen);
    }

    /// <summary>Names and shapes of the parameters of a model that is not built.</summary>
    internal static IEnumerable<(string Name, int[] Shape)> Shapes(T5Options options)
    {
        yield return ("shared.weight", [options.Vocabulary, options.Width]);
        foreach (var (stack, blocks) in ((string, int)[])[("encoder", options.EncoderBlocks), ("decoder", options.DecoderBlocks)])
        {
            for (var i = 0; i < blocks; i++)
                foreach (var parameter in Block($"{stack}.block.{i}.layer.", options, i == 0, stack == "decoder")) yield return parameter;
            yield return ($"{stack}.final_layer_norm.weight", [options.Width]);
        }

        if (!options.TiedEmbeddings) yield return ("lm_head.weight", [options.Vocabulary, options.Width]);
    }

    private static IEnumerable<(string Name, int[] Shape)> Block(string layer, T5Options options, bool isFirst, bool isDecoder)
    {
        if (isFirst) yield return ($"{layer}0.SelfAttention.relative_attention_bias.weight", [options.Buckets, options.Heads]);
        foreach (var parameter in Attention($"{layer}0.", "SelfAttention", options)) yield return parameter;
        if (isDecoder)
            foreach (var parameter in Attention($"{layer}1.", "EncDecAttention", options)) yield return parameter;
        var last = $"{layer}{(isDecoder ? 2 : 1)}.";
        foreach (var name in options.FeedForward == T5FeedForwardKind.Relu ? (string[])["wi"] : ["wi_0", "wi_1"])
            yield return ($"{last}DenseReluDense.{name}.weight", [options.Hidden, options.Width]);
        yield return ($"{last}DenseReluDense.wo.weight", [options.Width, options.Hidden]);
        yield return ($"{last}layer_norm.weight", [options.Width]);
    }

    private static IEnumerable<(string Name, int[] Shape)> Attention(string layer, string name, T5Options options)
    {
        var inner = options.Heads * options.HeadWidth;
        foreach (var part in (string[])["q", "k", "v"]) yield return ($"{layer}{name}.{part}.weight", [inner, options.Width]);
        yield return ($"{layer}{name}.o.weight", [options.Width, inner]);
        yield return ($"{layer}layer_norm.weight", [options.Width]);
    }

    /// <summary>What follows from the rest: copies of the embedding, and a bias that old checkpoints hold and nothing reads.</summary>
    private static bool MayBeLeft(string name, T5Options options) =>
        name is "encoder.embed_tokens.weight" or "decoder.embed_tokens.weight"
            or "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
        || (options.TiedEmbeddings && name == "lm_head.weight");
}
