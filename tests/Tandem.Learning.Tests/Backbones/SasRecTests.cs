using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Tests.Backbones;

public class SasRecTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.attention_norm.bias",
        "blocks.0.attention_norm.weight",
        "blocks.0.contract.bias",
        "blocks.0.contract.weight",
        "blocks.0.expand.bias",
        "blocks.0.expand.weight",
        "blocks.0.feed_forward_norm.bias",
        "blocks.0.feed_forward_norm.weight",
        "blocks.0.output.bias",
        "blocks.0.output.weight",
        "blocks.0.qkv.bias",
        "blocks.0.qkv.weight",
        "norm.bias",
        "norm.weight",
        "position",
    ];

    [Theory]
    [InlineData(1, FeedForwardActivation.Relu)]
    [InlineData(3, FeedForwardActivation.Relu)]
    [InlineData(2, FeedForwardActivation.Gelu)]
    public void States_equal_the_formula_by_hand(int multiple, FeedForwardActivation activation) =>
        SasRecOracle.AssertAgrees(new()
        {
            Width = 6,
            Blocks = 2,
            Heads = 2,
            Window = Window,
            Dropout = 0,
            FeedForwardMultiple = multiple,
            Activation = activation,
        });

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new SasRecOptions().Validate());
        Assert.Equal(
            [
                "window -1; at least 1 item is needed",
                "width 10 is not divisible by 3 heads; set heads to a divisor of the width",
                "0 blocks; at least 1 is needed",
                "dropout 1 is not in [0, 1)",
                "block 7 is not known; set one of PreNorm, Ligr",
                "feed-forward multiple 0; at least 1 is needed",
                "activation 9 is not known; set one of Relu, Gelu",
            ],
            new SasRecOptions
            {
                Width = 10,
                Heads = 3,
                Blocks = 0,
                Window = -1,
                Dropout = 1,
                Block = (SasRecBlockKind)7,
                FeedForwardMultiple = 0,
                Activation = (FeedForwardActivation)9,
            }.Validate());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(double.PositiveInfinity)]
    public void A_dropout_outside_0_to_1_is_refused(double dropout) =>
        Assert.Single(new SasRecOptions { Dropout = dropout }.Validate());

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new SasRec(new() { Width = width, Heads = 3, Window = window, Dropout = dropout }, noise);
}
