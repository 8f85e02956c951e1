using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class Gru4RecTests : BackboneContract
{
    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "layers.0.bias_hh_l0",
        "layers.0.bias_ih_l0",
        "layers.0.weight_hh_l0",
        "layers.0.weight_ih_l0",
        "layers.1.bias_hh_l0",
        "layers.1.bias_ih_l0",
        "layers.1.weight_hh_l0",
        "layers.1.weight_ih_l0",
        "output.bias",
        "output.weight",
    ];

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    [InlineData(7)]
    public void States_equal_the_formula_by_hand(int? hidden)
    {
        var options = new Gru4RecOptions { Width = 5, Layers = 2, Hidden = hidden, Window = Window, Dropout = 0 };
        using var backbone = new Gru4Rec(options, new Noise(1));
        Values.Scatter(backbone, 0.6);
        backbone.eval();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, 6, options.Width);
        PlainLayers.AssertClose(States(new PlainLayers(backbone), options, PlainLayers.Rows(x)), backbone.forward(x));
    }

    [Fact]
    public void States_as_wide_as_the_items_need_no_output_layer()
    {
        using var backbone = new Gru4Rec(new() { Hidden = 64 }, new Noise(1));
        Assert.DoesNotContain(backbone.named_parameters(), p => p.name.StartsWith("output", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new Gru4RecOptions().Validate());
        Assert.Equal(
            [
                "width 0; at least 1 is needed",
                "window 0; at least 1 item is needed",
                "0 layers; at least 1 is needed",
                "hidden width 0; at least 1 is needed",
                "dropout 1 is not in [0, 1)",
            ],
            new Gru4RecOptions { Width = 0, Layers = 0, Hidden = 0, Window = 0, Dropout = 1 }.Validate());
    }

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new Gru4Rec(new() { Width = width, Layers = 2, Hidden = width + 2, Window = window, Dropout = dropout }, noise);

    /// <summary>The recurrence as the type's remarks state it; gates lie in the order r, z, n.</summary>
    private static double[][] States(PlainLayers layers, Gru4RecOptions options, double[][] x)
    {
        var states = x.Select(row => row.Select(v => v * Math.Sqrt(options.Width)).ToArray()).ToArray();
        var H = options.Hidden ?? options.Width;
        for (var layer = 0; layer < options.Layers; layer++)
        {
            var h = new double[H];
            for (var t = 0; t < states.Length; t++)
            {
                var i = PlainLayers.Affine(layers[$"layers.{layer}.weight_ih_l0"], layers[$"layers.{layer}.bias_ih_l0"], states[t]);
                var u = PlainLayers.Affine(layers[$"layers.{layer}.weight_hh_l0"], layers[$"layers.{layer}.bias_hh_l0"], h);
                h = [.. h.Select((old, d) =>
                {
                    var (r, z) = (PlainLayers.Sigmoid(i[d] + u[d]), PlainLayers.Sigmoid(i[H + d] + u[H + d]));
                    return (1 - z) * Math.Tanh(i[2 * H + d] + r * u[2 * H + d]) + z * old;
                })];
                states[t] = h;
            }
        }

        return H == options.Width ? states : [.. states.Select(row => layers.Linear("output", row))];
    }
}
