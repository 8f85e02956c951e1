using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The reference layer in float64: outputs, states, gradients.</summary>
public class TttGoldenTests
{
    // The reference's gelu′ has constants of eight digits, so an exact one differs from it by 2e-10.
    private static double Tolerance(string name) => name.StartsWith("mlp", StringComparison.Ordinal) ? 1e-9 : 1e-12;

    [Theory]
    [InlineData("linear-plain", 4)]
    [InlineData("linear-plain", 8)]
    [InlineData("linear-shareqk", 4)]
    [InlineData("linear-shareqk", 8)]
    [InlineData("mlp-plain", 4)]
    [InlineData("mlp-plain", 8)]
    public void Outputs_of_layer_and_block_are_those_of_the_reference(string name, int miniBatch)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var golden = TttGolden.Open(name);
        using var layer = golden.CreateLayer(miniBatch);
        using var block = golden.CreateBlock(miniBatch);
        foreach (var T in new[] { 3, 8, 21 })
        {
            AssertClose(golden.Output($"b{miniBatch}.layer.y{T}"), layer.forward(golden.Input($"layer.x{T}")), Tolerance(name));
            AssertClose(golden.Output($"b{miniBatch}.block.y{T}"), block.forward(golden.Input($"block.x{T}")), Tolerance(name));
        }
    }

    [Theory]
    [InlineData("linear-plain", 4)]
    [InlineData("linear-plain", 8)]
    [InlineData("mlp-plain", 8)]
    public void The_state_after_21_events_is_that_of_the_reference_filled_at_once_or_event_by_event(string name, int miniBatch)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var golden = TttGolden.Open(name);
        using var layer = golden.CreateLayer(miniBatch);
        var x = golden.Input("layer.x21");
        var (_, filled) = layer.Fill(x, default);
        var (_, stepped) = layer.Fill(x.narrow(1, 0, 1), default);
        for (var t = 1; t < 21; t++) (_, stepped) = layer.Step(x.narrow(1, t, 1), default, stepped);

        string[] names = golden.Options.Inner == TttInner.Linear ? ["W1", "b1"] : ["W1", "b1", "W2", "b2"];
        foreach (var state in new[] { filled, stepped })
        {
            Assert.Equal(21 % miniBatch, state.Place);
            for (var i = 0; i < names.Length; i++)
            {
                AssertClose(golden.Output($"b{miniBatch}.layer.state21.{names[i]}_states"), state.Weights[i], Tolerance(name));
                AssertClose(golden.Output($"b{miniBatch}.layer.state21.{names[i]}_grad"), state.Written[i], Tolerance(name));
            }
        }
    }

    [Theory]
    [InlineData("linear-plain")]
    [InlineData("mlp-plain")]
    public void Gradients_are_those_of_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var golden = TttGolden.Open(name);
        using var layer = golden.CreateLayer(miniBatch: 8);
        var x = golden.Input("layer.x21").requires_grad_(true);
        (layer.forward(x) * golden.Input("layer.probe21")).sum().backward();
        AssertClose(golden.Output("b8.layer.grad21.x").flatten(), x.grad!.flatten(), 1e-8, relative: true);
        foreach (var (own, parameter) in layer.named_parameters())
            AssertClose(golden.Gradient(own), parameter.grad!.flatten(), 1e-8, relative: true);
    }

    /// <param name="expected">Any shape.</param>
    /// <param name="actual">As many values.</param>
    /// <param name="tolerance">Absolute, or as a share of the largest value expected.</param>
    /// <param name="relative">Which of them.</param>
    private static void AssertClose(Tensor expected, Tensor actual, double tolerance, bool relative = false)
    {
        Assert.Equal(ScalarType.Float64, actual.dtype);
        var difference = (expected.reshape(-1) - actual.reshape(-1)).abs().max().item<double>();
        var limit = relative ? tolerance * expected.abs().max().item<double>() : tolerance;
        Assert.True(difference <= limit, $"off by {difference:0.0e0}, at most {limit:0.0e0} allowed");
    }
}
