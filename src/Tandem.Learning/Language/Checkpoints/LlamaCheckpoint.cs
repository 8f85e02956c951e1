using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>Llama, Mistral, Qwen 2 or Qwen 3 from a folder as Hugging Face's libraries write it.</summary>
public static class LlamaCheckpoint
{
    /// <summary>Reads settings and weights.</summary>
    /// <param name="folder">With <c>config.json</c> and safetensors, in one file or several.</param>
    /// <param name="widen">
    /// True for weights of float32, to be trained; false, the default, to keep BF16 and F16 as they are stored.
    /// </param>
    /// <returns>A model in evaluation on the CPU, which computes in float32, without dropout.</returns>
    /// <exception cref="CheckpointFolderException">
    /// It is no Llama that this version knows, or a tensor is missing or one too many.
    /// </exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public static Llama Load(string folder, bool widen = false) => Load(folder, widen, new Noise(0));

    /// <param name="folder">With <c>config.json</c> and safetensors.</param>
    /// <param name="widen">True for weights of float32.</param>
    /// <param name="noise">Source of dropout masks, should it be trained.</param>
    /// <param name="dropout">Share that is dropped then; null, the default, for the configuration's.</param>
    internal static Llama Load(string folder, bool widen, Noise noise, double? dropout = null)
    {
        var options = LlamaConfig.Read(Path.Combine(folder, LlamaConfig.FileName));
        return CheckpointFolder.Load(
            folder, Shapes(options), type => new Llama(options with { Unfilled = type, Dropout = dropout ?? options.Dropout }, noise),
            name => MayBeLeft(name, options), widen);
    }

    /// <summary>Names and shapes of the parameters of a model that is not built.</summary>
    internal static IEnumerable<(string Name, int[] Shape)> Shapes(LlamaOptions options)
    {
        var (vocabulary, width, hidden) = (options.Vocabulary!.Value, options.Width, options.Hidden);
        var queries = options.Heads * options.EffectiveHeadWidth;
        var keys = options.EffectiveKeyValueHeads * options.EffectiveHeadWidth;
        yield return ("model.embed_tokens.weight", [vocabulary, width]);
        for (var i = 0; i < options.Blocks; i++)
        {
            var block = $"model.layers.{i}.";
            yield return (block + "input_layernorm.weight", [width]);
            yield return (block + "self_attn.q_proj.weight", [queries, width]);
            yield return (block + "self_attn.k_proj.weight", [keys, width]);
            yield return (block + "self_attn.v_proj.weight", [keys, width]);
            yield return (block + "self_attn.o_proj.weight", [width, queries]);
            if (options.QueryKeyValueBias)
            {
                yield return (block + "self_attn.q_proj.bias", [queries]);
                yield return (block + "self_attn.k_proj.bias", [keys]);
                yield return (block + "self_attn.v_proj.bias", [keys]);
            }

            if (options.OutputBias) yield return (block + "self_attn.o_proj.bias", [width]);
            if (options.HeadNorms)
            {
                yield return (block + "self_attn.q_norm.weight", [options.EffectiveHeadWidth]);
                yield return (block + "self_attn.k_norm.weight", [options.EffectiveHeadWidth]);
            }

            yield return (block + "post_attention_layernorm.weight", [width]);
            yield return (block + "mlp.gate_proj.weight", [hidden, width]);
            yield return (block + "mlp.up_proj.weight", [hidden, width]);
            yield return (block + "mlp.down_proj.weight", [width, hidden]);
            if (!options.FeedForwardBias) continue;
            yield return (block + "mlp.gate_proj.bias", [hidden]);
            yield return (block + "mlp.up_proj.bias", [hidden]);
            yield return (block + "mlp.down_proj.bias", [width]);
        }

        yield return ("model.norm.weight", [width]);
        if (!options.TiedEmbeddings) yield return ("lm_head.weight", [vocabulary, width]);
    }

    /// <summary>What follows from the rest: the rotary frequencies of old checkpoints, and a head that is the embedding.</summary>
    private static bool MayBeLeft(string name, LlamaOptions options) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (options.TiedEmbeddings && name == "lm_head.weight");
}
