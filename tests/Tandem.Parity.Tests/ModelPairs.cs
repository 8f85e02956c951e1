using Tandem.Device.Backbones;
using Tandem.Learning.Backbones;
using Tandem.Samples.Averages;

namespace Tandem.Parity.Tests;

/// <summary>The pairs that tests of parity go through.</summary>
internal static class ModelPairs
{
    public const int Window = 12;

    /// <summary>
    /// A rate of 1 would move the scores by a hundredth or so, of which a slip in the inner loop could hide below the tolerance.
    /// </summary>
    private static readonly TttOptions _ttt = new() { Width = 16, Heads = 2, Window = Window, MiniBatch = 4, BaseRate = 10 };

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
        ["sasrec, ligr"] = () =>
            ModelPair.Of(new SasRecOptions { Width = 32, Blocks = 2, Heads = 2, Window = Window, Block = SasRecBlockKind.Ligr }),
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
        ["gru4rec, odd, narrower"] = () =>
            ModelPair.Of(new Gru4RecOptions { Width = 27, Layers = 1, Hidden = 13, Window = Window }, normalized: true),
        ["hstu"] = () => ModelPair.Of(new HstuOptions { Width = 32, AttentionWidth = 16, LinearWidth = 24, Heads = 2, Window = Window }),
        ["hstu, odd, with times"] = () => ModelPair.Of(
            new HstuOptions
            {
                Width = 27,
                Blocks = 3,
                AttentionWidth = 9,
                LinearWidth = 11,
                Window = Window,
                TimeBuckets = 40,
            }, usesTimes: true),
        ["din"] = () => ModelPair.Of(new DinOptions { Width = 32, Window = Window }),
        ["din, odd"] = () => ModelPair.Of(new DinOptions { Width = 27, AttentionHidden = 7, Hidden = 11, LastHidden = 5, Window = Window }),
        ["ttt, linear"] = () => ModelPair.Of(_ttt),
        ["ttt, linear, 4 heads of a vector"] = () => ModelPair.Of(_ttt with { Width = 64, Heads = 4, MiniBatch = 8 }),
        ["ttt, linear, a wide head"] = () => ModelPair.Of(_ttt with { Width = 64, Heads = 1, MiniBatch = 6 }),
        ["ttt, linear, 1 event a mini-batch"] = () => ModelPair.Of(_ttt with { MiniBatch = 1 }),
        ["ttt, mlp"] = () => ModelPair.Of(_ttt with { Inner = TttInner.Mlp }),
        ["ttt, 2 blocks"] = () => ModelPair.Of(_ttt with { Blocks = 2, Width = 32 }),
        ["ttt, gate, shared, convolution"] = () =>
            ModelPair.Of(_ttt with { Blocks = 2, Gate = true, ShareQueryKey = true, PreConvolution = true }),
        ["ttt, decay, times"] = () => ModelPair.Of(_ttt with { Decay = true }, usesTimes: true),
        ["ttt, decay without times, mlp"] = () => ModelPair.Of(_ttt with { Decay = true, Inner = TttInner.Mlp }),
        ["ttt, fast heads, times, unit length"] = () =>
            ModelPair.Of(_ttt with { Decay = true, FastHeads = 1, Heads = 4 }, normalized: true, usesTimes: true),
        ["ttt, surprise"] = () => ModelPair.Of(_ttt with { Surprise = true, Width = 32, Heads = 8 }),
        ["ttt, surprise, mlp"] = () => ModelPair.Of(_ttt with { Surprise = true, Inner = TttInner.Mlp }),
        ["ttt, event values"] = () => ModelPair.Of(_ttt with { EventValues = true }),
        ["ttt, zero rate"] = () => ModelPair.Of(_ttt with { Control = TttControl.ZeroRate }),
        ["ttt, frozen"] = () => ModelPair.Of(_ttt with { Control = TttControl.Frozen }),
        ["ttt, linear attention"] = () => ModelPair.Of(_ttt with { Control = TttControl.LinearAttention }),
        ["ttt, everything, odd"] = () => ModelPair.Of(
            _ttt with
            {
                Width = 30,
                Heads = 3,
                Blocks = 2,
                MiniBatch = 5,
                FeedForwardWidth = 37,
                Gate = true,
                ShareQueryKey = true,
                PreConvolution = true,
                Decay = true,
                Surprise = true,
                EventValues = true,
            },
            usesTimes: true),
        ["from outside"] = () => ModelPair.Of(new AveragesOptions { Width = 27, Window = Window }),
        ["from outside, unit length"] = () => ModelPair.Of(new AveragesOptions { Width = 16, Window = Window }, normalized: true),
        ["ttt, mlp, odd"] = () => ModelPair.Of(_ttt with { Width = 18, Heads = 3, MiniBatch = 7, Inner = TttInner.Mlp }),
    };

    static ModelPairs()
    {
        BackboneKinds.Register(AveragesKind.InTraining);
        DeviceBackbones.Register(AveragesKind.OnDevice);
    }

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
