using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class Ttt4RecTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.contract.weight",
        "blocks.0.expand.weight",
        "blocks.0.feed_forward_norm.weight",
        "blocks.0.ttt.inner.bias",
        "blocks.0.ttt.inner.norm.bias",
        "blocks.0.ttt.inner.norm.weight",
        "blocks.0.ttt.inner.weight",
        "blocks.0.ttt.norm.bias",
        "blocks.0.ttt.norm.weight",
        "blocks.0.ttt.output.weight",
        "blocks.0.ttt.qkv.weight",
        "blocks.0.ttt.rate.bias",
        "blocks.0.ttt.rate.weight",
        "blocks.0.ttt.scale_offset",
        "blocks.0.ttt_norm.weight",
        "embedding_norm.bias",
        "embedding_norm.weight",
        "norm.weight",
    ];

    [Fact]
    public void Around_the_item_table_and_its_norm_there_are_as_many_parameters_as_in_the_published_program()
    {
        Assert.Equal(67_348, Count(new() { MiniBatch = 16 }));
        Assert.Equal(74_764, Count(new() { Inner = TttInner.Mlp, MiniBatch = 8 }));

        static long Count(TttOptions options)
        {
            using var backbone = new Ttt4Rec(options, new Noise(1));
            return backbone.named_parameters().Where(p => !p.name.StartsWith("embedding_norm", StringComparison.Ordinal))
                .Sum(p => p.parameter.numel());
        }
    }

    [Theory]
    [InlineData(NextItemLoss.SampledSoftmax)]
    [InlineData(NextItemLoss.FullSoftmax)]
    public void The_row_of_padding_is_never_trained(NextItemLoss kind)
    {
        int[][] sequences = [[1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12], [3, 4, 5, 6, 7, 8, 9]];
        var replicas = Replica.Create(1, noise => new SequenceModel(Items, Create(12, Window, dropout: 0, noise)));
        var task = new NextItemTask(
            replicas, new() { Kind = kind, TokenBudget = 30 }, 1, TrainingSequences.Of(Items, sequences), validation: null);
        var model = (SequenceModel)replicas[0].Network;
        var before = Values.Of(model.Items.Weight[0]);
        var batch = Assert.Single(task.BeginEpoch(1));
        Assert.Contains(0, batch.Inputs);
        using var scope = NewDisposeScope();
        model.train();
        task.Loss(batch, 0).backward();
        foreach (var (ids, rows) in model.Items.Gathered)
        {
            var gradients = Values.Of(rows.grad!).Chunk(12).ToArray();
            for (var i = 0; i < ids.Length; i++) if (ids[i] == 0) Assert.All(gradients[i], g => Assert.Equal(0, g));
        }

        Assert.Equal(before, Values.Of(model.Items.Weight[0]));
        model.Items.Forget();
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new TttOptions().Validate());
        Assert.Equal(
            [
                "0 blocks; at least 1 is needed",
                "width 10 is not 3 heads of an even width; set heads to a divisor of half the width",
                "inner model 7 is not known; set one of Linear, Mlp",
                "mini-batch 0; at least 1 step is needed",
                "base rate -1 is not a finite number of 0 or more",
                "rope base 1 is not a finite number above 1",
                "feed-forward width 0; at least 1 is needed",
                "control 9 is not known; set one of None, ZeroRate, Frozen, LinearAttention",
                "4 fast heads; 0 to 3 can be",
                "4 fast heads without decay; set decay too",
                "truncation 0 is not a multiple of the mini-batch 0; set one",
                "dropout 1 is not in [0, 1)",
            ],
            new TttOptions
            {
                Width = 10,
                Heads = 3,
                Blocks = 0,
                Inner = (TttInner)7,
                MiniBatch = 0,
                BaseRate = -1,
                RopeBase = 1,
                FeedForwardWidth = 0,
                Control = (TttControl)9,
                FastHeads = 4,
                Truncation = 0,
                Dropout = 1,
            }.Validate());
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        Assert.Contains("surprise", Assert.Single(new TttOptions { Surprise = true, Control = TttControl.LinearAttention }.Validate()),
            StringComparison.Ordinal);
        Assert.Contains("multiple", Assert.Single(new TttOptions { Truncation = 12 }.Validate()), StringComparison.Ordinal);
        Assert.Contains("even width", Assert.Single(new TttOptions { Width = 12, Heads = 4 }.Validate()), StringComparison.Ordinal);
    }

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new Ttt4Rec(new() { Width = width, Heads = 3, MiniBatch = 4, Window = window, Dropout = dropout }, noise);
}

/// <summary>The MLP as inner model.</summary>
public class TttMlpTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.contract.weight",
        "blocks.0.expand.weight",
        "blocks.0.feed_forward_norm.weight",
        "blocks.0.ttt.inner.contract_bias",
        "blocks.0.ttt.inner.contract_weight",
        "blocks.0.ttt.inner.expand_bias",
        "blocks.0.ttt.inner.expand_weight",
        "blocks.0.ttt.inner.norm.bias",
        "blocks.0.ttt.inner.norm.weight",
        "blocks.0.ttt.norm.bias",
        "blocks.0.ttt.norm.weight",
        "blocks.0.ttt.output.weight",
        "blocks.0.ttt.qkv.weight",
        "blocks.0.ttt.rate.bias",
        "blocks.0.ttt.rate.weight",
        "blocks.0.ttt.scale_offset",
        "blocks.0.ttt_norm.weight",
        "embedding_norm.bias",
        "embedding_norm.weight",
        "norm.weight",
    ];

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new Ttt4Rec(new() { Width = width, Heads = 3, MiniBatch = 4, Inner = TttInner.Mlp, Window = window, Dropout = dropout }, noise);
}

/// <summary>Every option at once.</summary>
public class TttOptionsTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.contract.weight",
        "blocks.0.convolution.bias",
        "blocks.0.convolution.weight",
        "blocks.0.convolution_norm.weight",
        "blocks.0.expand.weight",
        "blocks.0.feed_forward_norm.weight",
        "blocks.0.ttt.decay.strength",
        "blocks.0.ttt.gate.weight",
        "blocks.0.ttt.inner.bias",
        "blocks.0.ttt.inner.norm.bias",
        "blocks.0.ttt.inner.norm.surprise_bias",
        "blocks.0.ttt.inner.norm.surprise_weight",
        "blocks.0.ttt.inner.norm.weight",
        "blocks.0.ttt.inner.weight",
        "blocks.0.ttt.key_convolution.bias",
        "blocks.0.ttt.key_convolution.weight",
        "blocks.0.ttt.norm.bias",
        "blocks.0.ttt.norm.weight",
        "blocks.0.ttt.output.weight",
        "blocks.0.ttt.qkv.weight",
        "blocks.0.ttt.query_convolution.bias",
        "blocks.0.ttt.query_convolution.weight",
        "blocks.0.ttt.rate.bias",
        "blocks.0.ttt.rate.weight",
        "blocks.0.ttt.scale_offset",
        "blocks.0.ttt_norm.weight",
        "embedding_norm.bias",
        "embedding_norm.weight",
        "norm.weight",
    ];

    protected override Backbone Create(int width, int window, double dropout, Noise noise) => new Ttt4Rec(
        new()
        {
            Width = width,
            Heads = 3,
            MiniBatch = 4,
            Window = window,
            Dropout = dropout,
            Gate = true,
            ShareQueryKey = true,
            PreConvolution = true,
            Decay = true,
            FastHeads = 1,
            Surprise = true,
        },
        noise);
}
