using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class SeededDropoutTests
{
    [Fact]
    public void It_is_the_identity_in_evaluation_and_draws_nothing()
    {
        using var scope = NewDisposeScope();
        var noise = new Noise(1);
        var dropout = new SeededDropout(0.5, noise);
        dropout.eval();
        var x = randn(3, 5);
        Assert.Equal(Values.Of(x), Values.Of(dropout.forward(x)));

        var (drawn, expected) = (new float[16], new float[16]);
        noise.FillMask(drawn, 0.5);
        new Noise(1).FillMask(expected, 0.5);
        Assert.Equal(expected, drawn);
    }

    [Fact]
    public void In_training_it_multiplies_by_the_mask_forward_and_backward()
    {
        using var scope = NewDisposeScope();
        var dropout = new SeededDropout(0.5, new Noise(2));
        dropout.train();
        var x = randn([3, 7], requires_grad: true);
        var y = dropout.forward(x);
        y.sum().backward();

        var mask = new float[21];
        new Noise(2).FillMask(mask, 0.5);
        Assert.Equal(Values.Of(x).Zip(mask, (value, kept) => value * kept), Values.Of(y));
        Assert.Equal(mask, Values.Of(x.grad!));
    }

    [Fact]
    public void A_result_may_be_disposed_without_its_input()
    {
        using var scope = NewDisposeScope();
        var dropout = new SeededDropout(0, new Noise(3));
        var x = ones(2);
        dropout.forward(x).Dispose();
        Assert.Equal([1, 1], Values.Of(x));
    }
}
