using Tandem.Learning.Backbones;

namespace Tandem.Parity.Tests;

/// <summary>The pairs that tests of parity go through.</summary>
internal static class ModelPairs
{
    public const int Window = 12;

    /// <summary>Every kind of backbone, in shapes that are and that are not multiples of a vector.</summary>
    private static readonly Dictionary<string, Func<ModelPair>> _models = new()
    {
        ["sasrec, 1 block"] = () => ModelPair.Of(new SasRecOptions { Width = 16, Window = Window }),
        ["sasrec, 2 blocks, 4 heads"] = () => ModelPair.Of(new SasRecOptions { Width = 64, Blocks = 2, Heads = 4, Window = Window }),
        ["sasrec, odd width"] = () => ModelPair.Of(new SasRecOptions { Width = 27, Blocks = 2, Heads = 3, Window = Window }),
        ["sasrec, gelu, inner 4 D"] = () => ModelPair.Of(new SasRecOptions
        {
            Width = 32,
            Blocks = 2,
            Heads = 2,
            Window = Window,
            FeedForwardMultiple = 4,
            Activation = FeedForwardActivation.Gelu,
        }),
        ["sasrec, ligr"] = () => ModelPair.Of(new SasRecOptions { Width = 32, Blocks = 2, Heads = 2, Window = Window, Block = SasRecBlockKind.Ligr }),
        ["sasrec, ligr, inner 4 D, odd"] = () => ModelPair.Of(new SasRecOptions
        {
            Width = 21,
            Blocks = 1,
            Heads = 3,
            Window = Window,
            Block = SasRecBlockKind.Ligr,
            FeedForwardMultiple = 4,
        }),
        ["sasrec, unit length"] = () => ModelPair.Of(new SasRecOptions { Width = 16, Window = Window }, normalized: true),
        ["gru4rec"] = () => ModelPair.Of(new Gru4RecOptions { Width = 32, Window = Window }),
        ["gru4rec, 2 layers, wider"] = () => ModelPair.Of(new Gru4RecOptions { Width = 16, Layers = 2, Hidden = 40, Window = Window }),
        ["gru4rec, odd, narrower"] = () => ModelPair.Of(new Gru4RecOptions { Width = 27, Layers = 1, Hidden = 13, Window = Window }, normalized: true),
        ["hstu"] = () => ModelPair.Of(new HstuOptions { Width = 32, AttentionWidth = 16, LinearWidth = 24, Heads = 2, Window = Window }),
        ["hstu, odd, with times"] = () => ModelPair.Of(
            new HstuOptions { Width = 27, Blocks = 3, AttentionWidth = 9, LinearWidth = 11, Window = Window, TimeBuckets = 40 }, usesTimes: true),
        ["din"] = () => ModelPair.Of(new DinOptions { Width = 32, Window = Window }),
        ["din, odd"] = () => ModelPair.Of(new DinOptions { Width = 27, AttentionHidden = 7, Hidden = 11, LastHidden = 5, Window = Window }),
    };

    public static IEnumerable<string> Names => _models.Keys;

    public static ModelPair Of(string name) => _models[name]();

    /// <summary>Random items; gaps from none to years, so that times fall in many buckets.</summary>
    public static (int[] Items, long[] Times) History(int length)
    {
        var random = new Random(length);
        var times = new long[length];
        for (var i = 1; i < length; i++) times[i] = times[i - 1] + (long)Math.Pow(10, random.NextDouble() * 8) - 1;
        return ([.. Enumerable.Range(0, length).Select(_ => random.Next(1, ModelPair.Items + 1))], times);
    }
}
