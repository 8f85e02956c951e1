using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

public class TransferSourceTests
{
    private static readonly ParameterPair _pair = new("weight", ["a", "b[1/2]"]);

    [Fact]
    public void Sources_stand_below_each_other_and_a_control_takes_their_place()
    {
        using var scope = NewDisposeScope();
        var source = Source();
        float[] expected = [1, 2, 3, 4, 9, 10, 11, 12];
        Assert.Equal(expected, Of(TransferControl.Real));
        Assert.Equal(expected, Of(TransferControl.Self));
        Assert.Equal(new float[8], Of(TransferControl.Zero));
        Assert.Equal(Of(TransferControl.Noise), Of(TransferControl.Noise));
        Assert.NotEqual(expected, Of(TransferControl.Noise));
        var shuffled = Of(TransferControl.Shuffled);
        Assert.Equal(expected.Chunk(2).Order(Rows), shuffled.Chunk(2).Order(Rows));
        var e = Assert.Throws<ArgumentException>(() => Of(TransferControl.Untrained));
        Assert.Contains("give a run", e.Message, StringComparison.Ordinal);

        float[] Of(TransferControl control) =>
            Values.Of(new SourceRows(source, _pair, new() { Control = control }, seed: 3, number: 0).Read());
    }

    [Fact]
    public void Matrices_of_several_widths_are_refused_and_so_is_an_unknown_name()
    {
        Assert.Throws<ArgumentException>(() => new SourceRows(Source(), new("weight", ["a", "c"]), new(), 1, 0));
        var e = Assert.Throws<ArgumentException>(() => new SourceRows(Source(), new("weight", ["x"]), new(), 1, 0));
        Assert.Contains("a, b, c", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_leaves_the_leading_directions_of_each_source()
    {
        using var scope = NewDisposeScope();
        var S = new SourceRows(Source(), _pair, new() { SourceRank = 1 }, seed: 3, number: 0).Read();
        Assert.Equal([2, 2], S.shape);
        Assert.Equal(Leading(1, 2, 3, 4), Values.Of(S[0]));
        Assert.Equal(Leading(9, 10, 11, 12), Values.Of(S[1]));

        static float[] Leading(params float[] values) => Values.Of(LowRankFactors.Of(tensor(values, 2, 2), 1).A);
    }

    [Fact]
    public void A_source_is_known_by_its_numbers()
    {
        Assert.Equal(Source().Hash, Source().Hash);
        Assert.NotEqual(Source().Hash, Source(first: 2).Hash);
    }

    [Fact]
    public void Unlike_models_pair_by_themselves()
    {
        var source = TransferSource.Of(new SequenceModel(30, new Gru4Rec(new() { Width = 8, Window = 6 }, new Noise(1))));
        var target = new SequenceModel(30, new SasRec(new() { Width = 8, Window = 6, Blocks = 1, Heads = 1 }, new Noise(1)));
        var pairs = TransferPairs.Of(target, source, new());
        Assert.Equal(
            [
                "backbone.blocks.0.qkv.weight[0/3]", "backbone.blocks.0.qkv.weight[1/3]", "backbone.blocks.0.qkv.weight[2/3]",
                "backbone.blocks.0.output.weight", "backbone.blocks.0.expand.weight", "backbone.blocks.0.contract.weight",
            ],
            pairs.Select(pair => pair.Target));
        Assert.All(pairs, pair => Assert.Equal(6, pair.Sources.Count));
        Assert.Equal("backbone.layers.0.weight_ih_l0[0/3]", pairs[0].Sources[0]);
        var personal = new SequenceModel(
            30, new SasRec(new() { Width = 8, Window = 6, Blocks = 1, Heads = 1 }, new Noise(1)),
            parameters: new() { Source = ParameterSourceKind.Duet });
        Assert.Equal(pairs.Select(pair => pair.Target), TransferPairs.Of(personal, source, new()).Select(pair => pair.Target));
        var items = Assert.Single(TransferPairs.Of(target, source, new() { Adapter = AdapterKind.RowAligned }));
        Assert.Equal(("items.weight", "items.weight"), (items.Target, Assert.Single(items.Sources)));
    }

    private static TransferSource Source(float first = 1)
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("a", [first, 2, 3, 4], 2, 2);
        writer.Add<float>("b", [5, 6, 7, 8, 9, 10, 11, 12], 4, 2);
        writer.Add<float>("c", [1, 2, 3], 1, 3);
        writer.Add<float>("bias", [1, 2, 3], 3);
        return SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault)
            ? TransferSource.Of(file)
            : throw new InvalidOperationException(fault);
    }

    private static Comparer<float[]> Rows => Comparer<float[]>.Create((x, y) => x[0].CompareTo(y[0]));
}
