using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class TypedProductTests
{
    [Theory]
    [InlineData(1, 16, 8)]
    [InlineData(3, 700, 1_000)] // more weights than are widened at a time
    [InlineData(2, 400_000, 3)] // a row alone is more, and rows of x are few
    [InlineData(1, 37, 150)] // a tail, and more than a thread takes at a time
    public void Narrow_weights_give_what_their_widened_copies_give(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        manual_seed(1);
        foreach (var type in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float16])
        {
            var (weight, bias) = (randn(outputs, inputs).to(type), randn(outputs).to(type));
            var x = randn(2, rows, inputs);
            var expected = nn.functional.linear(x, weight.to(ScalarType.Float32), bias.to(ScalarType.Float32));
            var y = TypedProduct.Of(x, weight, bias);
            Assert.Equal(ScalarType.Float32, y.dtype);
            Assert.Equal([2, rows, outputs], y.shape);
            Assert.True(allclose(expected, y, 1e-4, 1e-3 * Math.Sqrt(inputs) / 20));
            Assert.True(allclose(
                nn.functional.linear(x, weight.to(ScalarType.Float32)), TypedProduct.Of(x, weight), 1e-4, 1e-3 * Math.Sqrt(inputs) / 20));
        }
    }

    [Fact]
    public void Wide_weights_and_narrow_inputs_get_gradients_of_their_own_types()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var weight = nn.Parameter(randn(6, 5));
        var x = randn(4, 5).to(ScalarType.BFloat16).requires_grad_(true);
        var y = TypedProduct.Of(x, weight);
        Assert.Equal(ScalarType.BFloat16, y.dtype);
        y.to(ScalarType.Float32).sum().backward();
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.Equal(ScalarType.BFloat16, x.grad!.dtype);
        Assert.True(allclose(x.detach().to(ScalarType.Float32).sum(dim: 0).expand(6, 5), weight.grad!, 1e-2, 1e-2));
    }

    [Fact]
    public void Frozen_narrow_weights_let_the_gradient_through()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var weight = randn(6, 5).to(ScalarType.BFloat16);
        var x = randn(4, 5).requires_grad_(true);
        TypedProduct.Of(x, weight).sum().backward();
        Assert.True(allclose(weight.to(ScalarType.Float32).sum(dim: 0).expand(4, 5), x.grad!));
    }
}
