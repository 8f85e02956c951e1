using Tandem.Data;
using Tandem.Protocol.Safetensors;

namespace Tandem.System.Tests;

/// <summary>A BERT of one block and random weights, in a folder as Hugging Face's libraries write it.</summary>
internal static class WrittenBert
{
    private const int Width = 8, Hidden = 12, Positions = 10;

    private static readonly string[] _words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "blue", "nail", "polish", "hair"];

    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), _words);
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type":"bert","vocab_size":{{_words.Length}},"hidden_size":{{Width}},"intermediate_size":{{Hidden}},
            "num_attention_heads":2,"num_hidden_layers":1,"max_position_embeddings":{{Positions}}}
            """);
        var (writer, random) = (new SafetensorsWriter(), NamedSeed.Create(1, "weights of a BERT"));
        foreach (var (table, rows) in ((string, int)[])[("word", _words.Length), ("position", Positions), ("token_type", 2)])
            Add($"embeddings.{table}_embeddings.weight", rows, Width);
        Norm("embeddings.LayerNorm");
        const string Block = "encoder.layer.0.";
        foreach (var part in (string[])["self.query", "self.key", "self.value", "output.dense"])
            Linear($"{Block}attention.{part}", Width, Width);
        Norm(Block + "attention.output.LayerNorm");
        Linear(Block + "intermediate.dense", Width, Hidden);
        Linear(Block + "output.dense", Hidden, Width);
        Norm(Block + "output.LayerNorm");
        writer.Save(Path.Combine(folder, "model.safetensors"));

        void Add(string name, params ReadOnlySpan<int> shape)
        {
            var values = new float[shape.Length == 2 ? shape[0] * shape[1] : shape[0]];
            foreach (ref var value in values.AsSpan()) value = (float)random.NextNormal();
            writer.Add<float>(name, values, shape);
        }

        void Linear(string name, int inputs, int outputs)
        {
            Add(name + ".weight", outputs, inputs);
            Add(name + ".bias", outputs);
        }

        void Norm(string name)
        {
            Add(name + ".weight", Width);
            Add(name + ".bias", Width);
        }
    }
}
