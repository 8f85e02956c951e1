using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class SasRecTests
{
    private const int Items = 20;
    private const int Window = 8;
    private static readonly SasRecOptions _options = new() { Width = 12, Blocks = 2, Heads = 3, Window = Window };

    [Fact]
    public void Parameters_carry_the_approved_names()
    {
        using var model = Model(_options with { Blocks = 1 });
        Assert.Equal(
            [
                "backbone.blocks.0.attention_norm.bias",
                "backbone.blocks.0.attention_norm.weight",
                "backbone.blocks.0.contract.bias",
                "backbone.blocks.0.contract.weight",
                "backbone.blocks.0.expand.bias",
                "backbone.blocks.0.expand.weight",
                "backbone.blocks.0.feed_forward_norm.bias",
                "backbone.blocks.0.feed_forward_norm.weight",
                "backbone.blocks.0.output.bias",
                "backbone.blocks.0.output.weight",
                "backbone.blocks.0.qkv.bias",
                "backbone.blocks.0.qkv.weight",
                "backbone.norm.bias",
                "backbone.norm.weight",
                "backbone.position",
                "items.weight",
            ],
            model.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Future_items_do_not_change_past_states()
    {
        using var model = Model();
        var states = States(model, [1, 2, 3, 4, 5, 6]);
        for (var changed = 1; changed < 6; changed++)
        {
            long[] history = [1, 2, 3, 4, 5, 6];
            for (var t = changed; t < 6; t++) history[t] = 20 - t;
            var others = States(model, history);
            for (var t = 0; t < changed; t++) Values.AssertClose(states[t], others[t], tolerance: 1e-6);
            Assert.NotEqual(states[changed], others[changed]);
        }
    }

    [Fact]
    public void Padding_on_the_right_changes_nothing()
    {
        using var model = Model();
        var (bare, padded) = (States(model, [7, 8, 9]), States(model, [7, 8, 9, 0, 0, 0, 0]));
        for (var t = 0; t < 3; t++) Values.AssertClose(bare[t], padded[t], tolerance: 1e-6);
    }

    [Fact]
    public void Rows_of_a_batch_do_not_see_each_other()
    {
        using var model = Model();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var both = model.Encode(model.Items.Gather([1, 2, 3, 4, 5, 6]).view(2, 3, -1));
        Values.AssertClose(States(model, [4, 5, 6])[2], Values.Of(both[1, 2]), tolerance: 1e-6);
    }

    [Fact]
    public void The_order_of_the_history_matters()
    {
        using var model = Model();
        Assert.NotEqual(States(model, [1, 2, 3])[2], States(model, [2, 1, 3])[2]);
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        using var model = Model(_options with { Dropout = 0.5 });
        Assert.Equal(States(model, [1, 2])[1], States(model, [1, 2])[1]);
        model.train();
        Assert.NotEqual(States(model, [1, 2])[1], States(model, [1, 2])[1]);
    }

    [Fact]
    public void A_forward_and_backward_pass_leaves_no_tensor_behind()
    {
        using var model = Model(_options with { Dropout = 0.5 });
        model.train();
        LiveTensors.AssertKept(() =>
        {
            using (NewDisposeScope()) model.Encode(model.Items.Gather([1, 2, 3]).unsqueeze(0)).sum().backward();
            model.Items.Forget();
        });
    }

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
            ],
            new SasRecOptions { Width = 10, Heads = 3, Blocks = 0, Window = -1, Dropout = 1 }.Validate());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(double.PositiveInfinity)]
    public void A_dropout_outside_0_to_1_is_refused(double dropout) =>
        Assert.Single(new SasRecOptions { Dropout = dropout }.Validate());

    private static SequenceModel Model(SasRecOptions? options = null)
    {
        var model = new SequenceModel(Items, new SasRec(options ?? _options, new Noise(1)));
        Values.Scatter(model, 0.5);
        model.eval();
        return model;
    }

    /// <summary>[T][D] the state at each step.</summary>
    private static float[][] States(SequenceModel model, long[] history)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var states = model.Encode(model.Items.Gather(history).unsqueeze(0));
        return [.. Enumerable.Range(0, history.Length).Select(t => Values.Of(states[0, t]))];
    }
}
