using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Tests.Backbones;

public class LigrTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.attention_gate.bias",
        "blocks.0.attention_gate.weight",
        "blocks.0.attention_norm.bias",
        "blocks.0.attention_norm.weight",
        "blocks.0.contract.weight",
        "blocks.0.expand.weight",
        "blocks.0.feed_forward_gate.bias",
        "blocks.0.feed_forward_gate.weight",
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

    [Fact]
    public void States_equal_the_formula_by_hand() =>
        SasRecOracle.AssertAgrees(new()
        {
            Width = 6,
            Blocks = 2,
            Heads = 2,
            Window = Window,
            Dropout = 0,
            Block = SasRecBlockKind.Ligr,
            FeedForwardMultiple = 4,
        });

    [Fact]
    public void An_activation_that_would_go_unused_is_refused() =>
        Assert.Contains(
            "SwiGLU",
            Assert.Single(new SasRecOptions { Block = SasRecBlockKind.Ligr, Activation = FeedForwardActivation.Gelu }.Validate()),
            StringComparison.Ordinal);

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new SasRec(
            new()
            {
                Width = width,
                Heads = 3,
                Window = window,
                Dropout = dropout,
                Block = SasRecBlockKind.Ligr,
                FeedForwardMultiple = 2,
            }, noise);
}
