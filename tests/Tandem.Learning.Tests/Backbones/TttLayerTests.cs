using Tandem.Learning.Backbones;
using TorchSharp;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The parts of a TTT layer against their equations.</summary>
public class TttLayerTests
{
    private static readonly TttOptions _options = new() { Width = 8, Heads = 2, MiniBatch = 4 };

    [Fact]
    public void The_inner_gradient_equals_finite_differences_of_the_inner_loss()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var norm = new TttInnerNorm(heads: 1, headWidth: 5, surprise: false).to(ScalarType.Float64);
        foreach (var parameter in norm.parameters()) parameter.add_(randn_like(parameter).Times(0.3), One);
        var (z, target) = (randn(1, 1, 1, 5, ScalarType.Float64), randn(1, 1, 1, 5, ScalarType.Float64));
        var (G, _) = norm.Gradient(z, target, ones(1, 1, 1, 1, ScalarType.Float64));
        const double Step = 1e-5;
        for (var f = 0; f < 5; f++)
        {
            var nudge = zeros_like(z);
            nudge[0, 0, 0, f] = Step;
            Assert.Equal((Loss(z.Plus(nudge)) - Loss(z - nudge)) / (2 * Step), G[0, 0, 0, f].item<double>(), tolerance: 1e-8);
        }

        double Loss(Tensor at) => ((norm.Answer(zeros_like(at), at) - target).Squared().sum().DividedBy(2)).item<double>();
    }

    [Theory]
    [InlineData(TttInner.Linear)]
    [InlineData(TttInner.Mlp)]
    public void What_an_event_writes_equals_finite_differences_of_the_inner_loss(TttInner inner)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using TttInnerModel model = inner == TttInner.Linear ? new TttLinear(1, 4, surprise: false) : new TttMlp(1, 4, surprise: false);
        model.to(ScalarType.Float64);
        foreach (var parameter in model.parameters()) parameter.add_(randn_like(parameter).Times(0.3), One);
        var step = new TttChunk(Draw(), Draw(), Draw(), ones([1, 1, 1, 1], dtype: ScalarType.Float64).Times(0.7));
        Tensor[] weights = [.. model.Initial.Select(w => w.unsqueeze(0))];
        var written = model.Gradients(weights, step);
        const double Nudge = 1e-5;
        for (var i = 0; i < weights.Length; i++)
        {
            for (var at = 0; at < weights[i].numel(); at++)
            {
                var difference = (Loss(Nudged(i, at, Nudge)) - Loss(Nudged(i, at, -Nudge))) / (2 * Nudge);
                Assert.Equal(0.7 * difference, written[i].flatten()[at].item<double>(), tolerance: 1e-7);
            }
        }

        Tensor Draw() => randn(1, 1, 1, 4, ScalarType.Float64);
        double Loss(Tensor[] w) =>
            ((model.Norm.Answer(step.K, model.Read(w, step.K)) - step.V).Squared().sum().DividedBy(2)).item<double>();
        Tensor[] Nudged(int which, int at, double by)
        {
            Tensor[] nudged = [.. weights.Select(w => w.clone())];
            nudged[which].view(-1)[at] = nudged[which].view(-1)[at].Plus(by);
            return nudged;
        }
    }

    [Fact]
    public void A_place_whose_scale_falls_below_0_takes_no_step_and_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var layer = RandomTtt.Layer(_options);
        var offset = layer.named_parameters().Single(p => p.name == "scale_offset").parameter;
        using (no_grad()) offset[2] = -0.5; // 1/3 − 0.5 < 0
        var x = randn(1, 3, 8, ScalarType.Float64);
        var y = layer.forward(x);
        y.sum().backward();
        Assert.Equal(0, offset.grad![2].item<double>());
        Assert.NotEqual(0, offset.grad![1].item<double>());
        using var mode = no_grad();
        using var still = RandomTtt.Layer(_options with { BaseRate = 0 });
        still.named_parameters().Single(p => p.name == "scale_offset").parameter.copy_(offset);
        RandomTtt.AssertClose(still.forward(x).select(1, 2), y.select(1, 2), 1e-14);
        Assert.True(RandomTtt.Apart(still.forward(x).select(1, 1), y.select(1, 1)) > 1e-3);
    }

    [Fact]
    public void Turned_queries_and_keys_meet_by_how_far_apart_they_are_in_the_mini_batch()
    {
        using var scope = NewDisposeScope();
        var rotation = new TttRotation(miniBatch: 8, headWidth: 6, ropeBase: 100);
        var (q, k) = (randn(6, ScalarType.Float64), randn(6, ScalarType.Float64));
        var (queries, keys) = (rotation.Rotate(q.expand(12, 1, 6), place: 0), rotation.Rotate(k.expand(12, 1, 6), place: 0));
        double Meet(int i, int j) => (queries[i] * keys[j]).sum().item<double>();
        Assert.Equal(Meet(3, 1), Meet(7, 5), tolerance: 1e-12);
        Assert.Equal(Meet(3, 1), Meet(11, 9), tolerance: 1e-12); // the next mini-batch begins anew
        Assert.NotEqual(Meet(3, 1), Meet(3, 2), tolerance: 1e-3);
        Assert.Equal(Meet(0, 0), (q * k).sum().item<double>(), tolerance: 1e-12);
        RandomTtt.AssertClose(rotation.Rotate(q.expand(1, 1, 6), place: 5), queries.narrow(0, 5, 1), 0);
    }

    [Fact]
    public void Rotation_pairs_neighbouring_components()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 0, 0, 1 }).expand(2, 1, 4).clone(); // an array's memory may lie too unevenly for complex numbers
        var turned = new TttRotation(miniBatch: 4, headWidth: 4, ropeBase: 100).Rotate(x, 0)[1, 0];
        var expected = tensor([Math.Cos(1), Math.Sin(1), -Math.Sin(0.1), Math.Cos(0.1)]);
        RandomTtt.AssertClose(expected, turned, 1e-15);
    }
}
