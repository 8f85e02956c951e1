using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class WeightSlotsTests
{
    [Fact]
    public void Slots_have_the_names_of_the_layers_in_checkpoints()
    {
        using var model = Model(new SasRecOptions { Width = 8 });
        string[] layers = ["backbone.blocks.0.qkv", "backbone.blocks.0.output", "backbone.blocks.0.expand", "backbone.blocks.0.contract"];
        Assert.Equal(layers, new WeightSlots(model).Names);
        var names = model.named_parameters().Select(p => p.name).ToHashSet();
        Assert.All(layers, layer => Assert.Contains($"{layer}.weight", names));
    }

    [Fact]
    public void Gates_of_GRU4Rec_and_the_attention_of_DIN_have_none()
    {
        using var gru = Model(new Gru4RecOptions { Width = 8, Hidden = 12 });
        Assert.Equal(["backbone.output"], new WeightSlots(gru).Names);
        using var din = new Din(5, new() { Width = 8 }, new Noise(1));
        Assert.Equal(["hidden", "last_hidden", "output"], new WeightSlots(din).Names);
    }

    [Fact]
    public void Changes_last_until_they_are_disposed_of()
    {
        using var scope = NewDisposeScope();
        using var model = Model(new SasRecOptions { Width = 8 });
        var (slots, x) = (new WeightSlots(model), randn(2, 3, 8));
        var alone = Values.Of(model.Encode(x));
        using (slots.Change(new Dictionary<string, WeightDelta> { ["backbone.blocks.0.qkv"] = new() { Weight = randn(2, 24, 8) } }))
        {
            Assert.NotEqual(alone, Values.Of(model.Encode(x)));
            Assert.Equal(
                ["backbone.blocks.0.qkv.weight", "backbone.blocks.0.qkv.bias"], slots.Folded(row: 1).Select(tensor => tensor.Name));
        }

        Assert.Equal(alone, Values.Of(model.Encode(x)));
        Assert.Empty(slots.Folded(row: 1));
    }

    [Fact]
    public void Unknown_names_and_wrong_shapes_are_refused_and_nothing_is_changed()
    {
        using var scope = NewDisposeScope();
        using var model = Model(new SasRecOptions { Width = 8 });
        var slots = new WeightSlots(model);
        var good = new WeightDelta { Weight = randn(24, 8) };
        var e = Assert.Throws<ArgumentException>(
            () => slots.Change(new Dictionary<string, WeightDelta> { ["backbone.blocks.0.qkv"] = good, ["other"] = good }));
        Assert.Contains("'other'", e.Message);
        e = Assert.Throws<ArgumentException>(
            () => slots.Change(new Dictionary<string, WeightDelta> { ["backbone.blocks.0.output"] = good }));
        Assert.Contains("slot 'backbone.blocks.0.output': Weight has shape [24, 8]; expected [8, 8]", e.Message);
        Assert.Null(slots["backbone.blocks.0.qkv"].Delta);
    }

    private static SequenceModel Model(BackboneOptions options)
    {
        manual_seed(1);
        var model = new SequenceModel(5, options.Build(new Noise(1)));
        model.eval();
        return model;
    }
}
