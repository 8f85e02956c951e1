using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>What each control takes away, and that it takes away no more.</summary>
public class TttControlTests
{
    private const int Steps = 11;
    private static readonly TttOptions _options = new() { Width = 8, Heads = 2, MiniBatch = 4 };

    [Theory]
    [InlineData(TttControl.None, 0)]
    [InlineData(TttControl.ZeroRate, 10)]
    [InlineData(TttControl.Frozen, 8)]
    [InlineData(TttControl.LinearAttention, 0)]
    public void The_last_step_sees_back_as_far_as_the_control_says(TttControl control, int first)
    {
        using var scope = NewDisposeScope();
        using var layer = RandomTtt.Layer(_options with { Control = control });
        var x = randn(1, Steps, 8, ScalarType.Float64).requires_grad_(true);
        layer.forward(x)[0, -1].sum().backward();
        for (var t = 0; t < Steps; t++)
            Assert.Equal(t >= first, x.grad![0, t].abs().max().item<double>() > 0);
    }

    [Fact]
    public void Without_a_rate_nothing_is_written_and_frozen_forgets_what_is()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, Steps, 8, ScalarType.Float64);
        Assert.Equal((0, 0), Moved(TttControl.ZeroRate));
        var (weights, written) = Moved(TttControl.Frozen);
        Assert.Equal(0, weights);
        Assert.True(written > 0);
        (weights, written) = Moved(TttControl.None);
        Assert.True(weights > 0 && written > 0);

        (double Weights, double Written) Moved(TttControl control)
        {
            using var layer = RandomTtt.Layer(_options with { Control = control });
            var (_, state) = layer.Fill(x, default);
            return (RandomTtt.Apart(layer.Begin(x).Weights[0], state.Weights[0]), state.Written[0].abs().max().item<double>());
        }
    }

    [Fact]
    public void The_control_of_linear_attention_is_causal_linear_attention()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var memory = new TttLinearAttention(heads: 2, headWidth: 4);
        var scan = new TttScan(memory, decay: null, _options with { Control = TttControl.LinearAttention });
        var steps = new TttChunk(randn(1, 2, Steps, 4), randn(1, 2, Steps, 4), randn(1, 2, Steps, 4), rand(1, 2, 1, Steps));
        var A = steps.Q.matmul(steps.K.transpose(-1, -2)).Plus(1).tril();
        var read = (A * steps.Rates).matmul(steps.V - steps.K);
        RandomTtt.AssertClose(memory.Norm.Answer(steps.Q, read), scan.Run(steps, times: null, ones(4)), 1e-5);
    }

    [Fact]
    public void A_linear_inner_model_without_its_norm_would_be_linear_attention_within_a_mini_batch()
    {
        // W₀ = 0, b₀ = 0: z = 0 at every key, so the gradient without the norm is −(v − k), that of the control.
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var memory = new TttLinearAttention(heads: 1, headWidth: 4);
        var chunk = new TttChunk(randn(1, 1, 4, 4), randn(1, 1, 4, 4), randn(1, 1, 4, 4), rand(1, 1, 1, 4));
        var zero = zeros(1, 1, 4, 4);
        var (read, _) = memory.Chunk([zero, zeros(1, 1, 1, 4)], chunk, ones(4, 4).tril(), writes: false);
        var H = ones(4, 4).tril() * chunk.Rates;
        RandomTtt.AssertClose((H * chunk.Q.matmul(chunk.K.transpose(-1, -2)).Plus(1)).matmul(chunk.V - chunk.K), read, 1e-6);
    }
}
