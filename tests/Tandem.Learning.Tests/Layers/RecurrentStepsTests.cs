using Tandem.Learning.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

/// <summary>A GRU in one piece, with a gradient written by hand, against libtorch's and autograd.</summary>
public class RecurrentStepsTests
{
    [Theory]
    [InlineData(1, 1, 5, 8)]
    [InlineData(1, 10, 32, 32)]
    [InlineData(3, 7, 16, 24)]
    [InlineData(20, 50, 32, 32)]
    [InlineData(6, 9, 24, 64)]
    public void States_and_gradients_are_libtorchs(int rows, int steps, int inputs, int hidden)
    {
        using var scope = NewDisposeScope();
        manual_seed(rows + steps);
        using var layer = nn.GRU(inputs, hidden, batchFirst: true);
        var x = randn(rows, steps, inputs, requires_grad: true);
        var probe = randn(rows, steps, hidden);
        var (states, gradients) = Run(layer, x, RecurrentSteps.Of(layer, x), probe);
        var (expected, theirs) = Run(layer, x, layer.call(x).Item1, probe);
        AssertClose(expected, states);
        foreach (var (theirsOfOne, ours) in theirs.Zip(gradients)) AssertClose(theirsOfOne, ours);
    }

    [Fact]
    public void Without_gradients_the_states_are_the_same()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var layer = nn.GRU(16, 16, batchFirst: true);
        var x = randn(4, 6, 16);
        var expected = RecurrentSteps.Of(layer, x);
        using var mode = no_grad();
        Assert.Equal(0, (expected - RecurrentSteps.Of(layer, x)).abs().max().item<float>());
    }

    [Theory]
    [InlineData(12, ScalarType.Float32)]
    [InlineData(16, ScalarType.Float64)]
    public void What_does_not_fit_is_libtorchs(int hidden, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var layer = nn.GRU(8, hidden, batchFirst: true);
        layer.to(type);
        var x = randn([2, 5, 8], type);
        var (ours, theirs) = (RecurrentSteps.Of(layer, x), layer.call(x).Item1);
        Assert.Equal(0, (ours - theirs).abs().max().ToDouble());
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var layer = nn.GRU(8, 8, batchFirst: true);
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            RecurrentSteps.Of(layer, randn(2, 3, 8, requires_grad: true)).sum().backward();
            foreach (var parameter in layer.parameters()) parameter.grad = null;
        });
    }

    private static (Tensor States, Tensor[] Gradients) Run(nn.Module layer, Tensor x, Tensor states, Tensor probe)
    {
        var inputs = layer.parameters().Append(x).ToList();
        return (states.detach(), [.. autograd.grad([states], inputs, [probe])]);
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        var apart = (expected - actual).abs().max().item<float>();
        var scale = Math.Max(1, expected.abs().max().item<float>());
        Assert.True(apart <= 2e-5 * scale, $"off by {apart:0.0e0} of {scale:0.##}");
    }
}
