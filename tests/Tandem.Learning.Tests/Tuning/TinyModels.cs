using System.Text.Json.Nodes;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Tuning;

/// <summary>Checkpoints of random weights in folders, and a tokenizer of whole words.</summary>
internal static class TinyModels
{
    public const int Words = 40;

    /// <summary>Words as tokens 2 … by the sum of their letters, so that few are alike.</summary>
    public static TextTokenizer Tokenizer { get; } = new(
        "words", text => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => 2 + word.Sum(c => c) % (Words - 2))],
        tokens => string.Join(' ', tokens));

    public static string Llama(string folder, ScalarType type = ScalarType.Float32, bool isTied = true)
    {
        using var model = new Llama(
            new()
            {
                Vocabulary = Words,
                Width = 16,
                Blocks = 2,
                Heads = 2,
                KeyValueHeads = 1,
                Hidden = 24,
                Dropout = 0,
                TiedEmbeddings = isTied,
            },
            new Noise(1));
        Values.Scatter(model, 0.4);
        return Save(folder, type, model, new()
        {
            ["model_type"] = "llama",
            ["vocab_size"] = Words,
            ["hidden_size"] = 16,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 2,
            ["num_key_value_heads"] = 1,
            ["intermediate_size"] = 24,
            ["tie_word_embeddings"] = isTied,
            ["bos_token_id"] = 0,
            ["eos_token_id"] = 1,
        });
    }

    public static string T5(string folder, ScalarType type = ScalarType.Float32, bool isTied = true, int words = Words)
    {
        using var model = new T5(
            new()
            {
                Vocabulary = words,
                Width = 16,
                Hidden = 24,
                Heads = 2,
                HeadWidth = 8,
                EncoderBlocks = 2,
                DecoderBlocks = 2,
                Dropout = 0,
                TiedEmbeddings = isTied,
            },
            new Noise(1));
        Values.Scatter(model, 0.4);
        return Save(folder, type, model, new()
        {
            ["model_type"] = "t5",
            ["vocab_size"] = words,
            ["d_model"] = 16,
            ["d_ff"] = 24,
            ["num_heads"] = 2,
            ["d_kv"] = 8,
            ["num_layers"] = 2,
            ["dropout_rate"] = 0.1,
            ["tie_word_embeddings"] = isTied,
            ["eos_token_id"] = 1,
        });
    }

    /// <summary>The same with a tokenizer, whose tokens are bytes.</summary>
    public static string T5OfBytes(string folder)
    {
        const int First = 2, Bytes = 256; // tokens 0 and 1 are padding and the end
        var (vocabulary, others) = (new JsonObject(), 0);
        for (var value = 0; value < Bytes; value++)
        {
            // As byte-level BPE writes bytes: those that print by themselves, others as letters behind them.
            var prints = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            vocabulary[((char)(prints ? value : Bytes + others++)).ToString()] = First + value;
        }

        T5(folder, words: First + Bytes);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), vocabulary.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
        return folder;
    }

    private static string Save(string folder, ScalarType type, nn.Module model, JsonObject config)
    {
        using var scope = NewDisposeScope();
        CheckpointWriter.Save(folder, config, model.named_parameters().Select(p => (p.name, p.parameter.detach().to(type))));
        return folder;
    }
}
