using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Cli.Bench;

/// <summary>What open checkpoints cost. Weights and prompts are drawn at random: they are of no matter to the time.</summary>
internal static class CheckpointBench
{
    private const int Seed = 1;

    /// <summary>
    /// Peak memory of a process that opens a checkpoint and does nothing else, over the checkpoint's bytes: Llama's blocks in BF16.
    /// </summary>
    /// <param name="gigabytes">Of the checkpoint.</param>
    /// <param name="folder">Where it is written; it is deleted.</param>
    /// <param name="command">Of the process: it opens the folder behind it and says what <see cref="Opened"/> has.</param>
    public static (double PeakRatio, double Seconds, double Gigabytes) Open(double gigabytes, string folder, params string[] command)
    {
        var config = ConfigOf(width: 2048, hidden: 5632, heads: 32, keyHeads: 4, blocks: 1, vocabulary: 32_000, isTied: false);
        var (head, block) = (2.0 * 2 * 32_000 * 2048, 2.0 * (2 * 2048 * 2048 + 2 * 256 * 2048 + 3 * 5632 * 2048 + 2 * 2048));
        var blocks = Math.Max(1, (int)Math.Round((gigabytes * 1e9 - head) / block));
        config["num_hidden_layers"] = blocks;
        Write(config, folder);
        var bytes = new DirectoryInfo(folder).EnumerateFiles("*.safetensors").Sum(file => file.Length);
        using var process = OwnProcess.Start(OwnProcess.StartInfo([.. command, folder]));
        var told = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{folder} was not opened: the process that tried ended with {process.ExitCode}");
        Directory.Delete(folder, recursive: true);
        return (
            long.Parse(told[0], CultureInfo.InvariantCulture) / (double)bytes, double.Parse(told[1], CultureInfo.InvariantCulture),
            bytes / 1e9);
    }

    /// <summary>Opens a checkpoint; what the other process does.</summary>
    /// <returns>Bytes of the peak and seconds, with a space between them.</returns>
    public static string Opened(string folder)
    {
        var clock = Stopwatch.StartNew();
        using var checkpoint = LanguageCheckpoint.Open(folder);
        var seconds = clock.Elapsed.TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{Process.GetCurrentProcess().PeakWorkingSet64} {seconds:0.000}");
    }

    /// <summary>
    /// Milliseconds of one list of a T5 of T5-small's size, the median of some: a prompt read, beams over a catalogue of codes.
    /// </summary>
    public static double T5ListMillis(ArithmeticKind arithmetic, int promptTokens, int beams, int items, int rounds)
    {
        const int TextTokens = 32_128, Levels = 4, CodebookSize = 256;
        manual_seed(Seed);
        using var model = new T5(new() { Vocabulary = TextTokens + Levels * CodebookSize }, new Noise(0));
        model.eval();
        model.Arithmetic = arithmetic;
        var random = NamedSeed.Create(Seed, "codes");
        var codes = SemanticIds.Create(
            [.. Enumerable.Range(0, items).Select(_ => (int[])[.. Enumerable.Range(0, Levels).Select(_ => random.Next(CodebookSize))])],
            CodebookSize);
        var search = new BeamSearch(model, new ItemTrie(ItemTokens.Of(codes, first: TextTokens)));
        int[] prompt = [.. Enumerable.Range(0, promptTokens).Select(_ => random.Next(1, TextTokens))];
        return 1000 * Median(rounds, () => search.Search([prompt], [[]], beams));
    }

    /// <summary>Tokens a second that a Llama of some 100 M parameters in BF16 writes, greedily, behind prompts of 32 tokens.</summary>
    /// <param name="folder">Where it is written; it is deleted.</param>
    /// <param name="arithmetic">What it computes in.</param>
    /// <param name="batches">Prompts at a time.</param>
    public static double[] TokensPerSecond(string folder, ArithmeticKind arithmetic, params int[] batches)
    {
        const int PromptTokens = 32, NewTokens = 33, Rounds = 5;
        Write(ConfigOf(width: 768, hidden: 2048, heads: 12, keyHeads: 12, blocks: 11, vocabulary: 32_000, isTied: true), folder);
        using var checkpoint = LanguageCheckpoint.Open(folder);
        Directory.Delete(folder, recursive: true);
        checkpoint.Model.Arithmetic = arithmetic;
        var (search, random) = (new TokenSearch(checkpoint.Model), NamedSeed.Create(Seed, "prompts"));
        return Array.ConvertAll(batches, batch =>
        {
            int[][] prompts = [.. Enumerable.Range(0, batch).Select(_ => Prompt())];
            // What reading the prompts takes is not writing: the time of one token is taken off.
            var first = Median(Rounds, () => search.Search(prompts, beams: 1, newTokens: 1));
            var all = Median(Rounds, () => search.Search(prompts, beams: 1, NewTokens));
            return batch * (NewTokens - 1) / (all - first);
        });

        int[] Prompt() => [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(32_000))];
    }

    private static double Median<T>(int rounds, Func<T> run)
    {
        run(); // compiles
        var seconds = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            run();
            seconds[round] = clock.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[rounds / 2];
    }

    private static JsonObject ConfigOf(int width, int hidden, int heads, int keyHeads, int blocks, int vocabulary, bool isTied) => new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = width,
        ["intermediate_size"] = hidden,
        ["num_attention_heads"] = heads,
        ["num_key_value_heads"] = keyHeads,
        ["num_hidden_layers"] = blocks,
        ["vocab_size"] = vocabulary,
        ["tie_word_embeddings"] = isTied,
        ["torch_dtype"] = "bfloat16",
    };

    /// <summary>Matrices of one shape share their values, so that a checkpoint of any size is made in little memory.</summary>
    private static void Write(JsonObject config, string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        var (width, hidden, heads) = (Number("hidden_size"), Number("intermediate_size"), Number("num_attention_heads"));
        var keys = width / heads * Number("num_key_value_heads");
        var (square, narrow, tall, wide) = (Drawn(width, width), Drawn(keys, width), Drawn(hidden, width), Drawn(width, hidden));
        var (table, norm) = (Drawn(Number("vocab_size"), width), ones(width, dtype: ScalarType.BFloat16));
        var weights = new List<(string, Tensor)> { ("model.embed_tokens.weight", table), ("model.norm.weight", norm) };
        if (!(bool)config["tie_word_embeddings"]!) weights.Add(("lm_head.weight", table));
        for (var i = 0; i < Number("num_hidden_layers"); i++)
        {
            (string Name, Tensor Values)[] block =
            [
                ("input_layernorm", norm), ("post_attention_layernorm", norm), ("self_attn.q_proj", square), ("self_attn.k_proj", narrow),
                ("self_attn.v_proj", narrow), ("self_attn.o_proj", square), ("mlp.gate_proj", tall), ("mlp.up_proj", tall),
                ("mlp.down_proj", wide),
            ];
            weights.AddRange(block.Select(one => ($"model.layers.{i}.{one.Name}.weight", one.Values)));
        }

        CheckpointWriter.Save(folder, config, weights, shardBytes: 250_000_000);

        int Number(string name) => (int)config[name]!;
        static Tensor Drawn(int rows, int columns) => randn(rows, columns).Times(0.02).to(ScalarType.BFloat16);
    }
}
