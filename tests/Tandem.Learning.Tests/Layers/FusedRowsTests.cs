using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

/// <summary>Layers that are one node of autograd, held to the plain operations in float64.</summary>
public class FusedRowsTests
{
    [Fact]
    public void RmsNorm_and_its_gradients_equal_the_plain_ones()
    {
        using var scope = NewDisposeScope();
        var (x, w, g) = (Draw(1, 5, 7, 12), Draw(2, 12), Draw(3, 5, 7, 12));
        var expected = Gradients(g, [x, w], t => t[0] * t[0].Squared().mean([-1], keepdim: true).Plus(1e-6).rsqrt() * t[1]);
        var found = Gradients(
            g.to(ScalarType.Float32), [x.to(ScalarType.Float32), w.to(ScalarType.Float32)], t => RmsNormRows.Of(t[0], t[1], 1e-6));
        AssertClose(expected, found);
    }

    [Fact]
    public void SwiGlu_and_its_gradients_equal_the_plain_ones()
    {
        using var scope = NewDisposeScope();
        var (a, b, g) = (Draw(1, 9, 300), Draw(2, 9, 300), Draw(3, 9, 300));
        var expected = Gradients(g, [a, b], t => nn.functional.silu(t[0]) * t[1]);
        var found = Gradients(
            g.to(ScalarType.Float32), [a.to(ScalarType.Float32), b.to(ScalarType.Float32)], t => SwiGluRows.Of(t[0], t[1]));
        AssertClose(expected, found);
    }

    [Fact]
    public void Rows_that_do_not_lie_one_after_another_are_read_right()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Draw(1, 6, 8).to(ScalarType.Float32), ones(6));
        using var mode = inference_mode();
        Assert.Equal(
            Values.Of(RmsNormRows.Of(x.t().contiguous(), w, 1e-6)), Values.Of(RmsNormRows.Of(x.t(), w, 1e-6)));
        Assert.Equal(Values.Of(SwiGluRows.Of(x.t().contiguous(), x.t().contiguous())), Values.Of(SwiGluRows.Of(x.t(), x.t())));
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind() => LiveTensors.AssertKept(() =>
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Leaf(Draw(1, 4, 8).to(ScalarType.Float32)), Leaf(ones(8)));
        var y = RmsNormRows.Of(x, w, 1e-6);
        SwiGluRows.Of(y, y).sum().backward();
    });

    /// <summary>The result, then the gradient of each input.</summary>
    private static float[][] Gradients(Tensor g, Tensor[] inputs, Func<Tensor[], Tensor> layer)
    {
        Tensor[] leaves = [.. inputs.Select(Leaf)];
        var y = layer(leaves);
        (y * g).sum().backward();
        return [Floats(y.detach()), .. leaves.Select(leaf => Floats(leaf.grad!))];

        static float[] Floats(Tensor x) => Values.Of(x.to(ScalarType.Float32));
    }

    private static Tensor Leaf(Tensor x) => x.detach().clone().requires_grad_(true);

    private static Tensor Draw(long seed, params long[] shape) => randn(shape, ScalarType.Float64, generator: new Generator((ulong)seed));

    private static void AssertClose(float[][] expected, float[][] found)
    {
        for (var i = 0; i < expected.Length; i++) Close.Row(expected[i], found[i], tolerance: 1e-5);
    }
}
