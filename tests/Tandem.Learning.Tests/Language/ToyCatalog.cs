using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Tests.Language;

/// <summary>240 items at random among the 512 sequences of three codes below 8, and a model of random weights over them.</summary>
internal static class ToyCatalog
{
    public const int Items = 240;

    public static SemanticIds Ids { get; } = Draw();

    public static ItemTokens Tokens { get; } = ItemTokens.Of(Ids);

    public static ItemTrie Trie { get; } = new(Tokens);

    public static LlamaOptions Options { get; } =
        new() { Vocabulary = Tokens.Vocabulary, Width = 16, Blocks = 2, Heads = 2, Hidden = 24, Dropout = 0.3 };

    public static Llama Model()
    {
        var model = new Llama(Options, new Noise(1));
        // Far from the start, so that probabilities differ by orders of magnitude.
        Values.Scatter(model, 0.6);
        model.eval();
        return model;
    }

    /// <summary>A search with new weights, as every call of <see cref="Model"/> draws them.</summary>
    public static ItemSearch Search(int window, int batchSize) => new(Model(), Trie, window, batchSize);

    private static SemanticIds Draw()
    {
        var all = Enumerable.Range(0, 512).ToArray();
        new Random(21).Shuffle(all);
        return SemanticIds.Create([.. all.Take(Items).Select(i => new[] { i / 64, i / 8 % 8, i % 8 })]);
    }
}
