using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The options that the paper does not have.</summary>
public class TttUpgradeTests
{
    private const long Day = 86_400;
    private static readonly TttOptions _options = new() { Width = 8, Heads = 2, MiniBatch = 4 };

    [Theory]
    [InlineData(1, 0.5, 0.966)]     // (1 + 1)^−1, (1 + 1)^−0.05
    [InlineData(30, 0.0323, 0.842)]
    [InlineData(0, 1, 1)]
    public void A_state_falls_back_with_time_fast_heads_first(int days, double fast, double slow)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var decay = new TttDecay(heads: 2, fastHeads: 1);
        Tensor[] initial = [ones(1, 2, 1, 1)];
        var kept = decay.Forget(initial, [ones(1, 2, 1, 1).Times(3)], tensor([5L]), tensor([5L + days * Day]))[0];
        Assert.Equal(1 + 2 * fast, kept[0, 0].item<float>(), tolerance: 1e-3);
        Assert.Equal(1 + 2 * slow, kept[0, 1].item<float>(), tolerance: 1e-3);
    }

    [Fact]
    public void A_mini_batch_counts_as_a_day_where_nobody_knows_the_times()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var decay = new TttDecay(heads: 2, fastHeads: 2);
        Assert.Equal(0.5f, decay.Forget([zeros(1, 2, 1, 1)], [ones(1, 2, 1, 1)], null, null)[0][0, 0].item<float>(), tolerance: 1e-6f);
    }

    [Fact]
    public void A_long_absence_is_forgotten_at_the_next_mini_batch_and_not_before()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var layer = RandomTtt.Layer(_options with { Decay = true, FastHeads = 2 });
        var x = randn(1, 8, 8, ScalarType.Float64);
        var soon = layer.Mix(x, tensor([0, 1, 2, 3, 4, 5, 6, 7L]).unsqueeze(0));
        var gap = 10_000 * Day;
        var later = layer.Mix(x, tensor([0, 1, 2, 3, gap, gap, gap, gap]).unsqueeze(0));
        RandomTtt.AssertClose(soon.narrow(1, 0, 4), later.narrow(1, 0, 4), 0);
        Assert.True(RandomTtt.Apart(soon.narrow(1, 4, 1), later.narrow(1, 4, 1)) > 1e-3);
    }

    [Fact]
    public void A_state_that_decays_stays_near_its_start_however_many_events_it_sees()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (kept, without) = (Distance(decays: true), Distance(decays: false));
        Assert.True(kept < 0.2 * without, $"‖W − W₀‖ is {kept} after 3,200 events, {without} without decay");

        double Distance(bool decays)
        {
            using var layer = RandomTtt.Layer(
                _options with { Decay = decays, FastHeads = decays ? 2 : 0, MiniBatch = 16 }, ScalarType.Float32);
            manual_seed(7);
            var x = randn(1, 3200, 8);
            return (layer.Fill(x, default).State.Weights[0] - layer.Begin(x).Weights[0]).norm().item<float>();
        }
    }

    [Fact]
    public void A_surprise_gate_starts_as_none_and_then_tells_events_apart()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var norm = new TttInnerNorm(heads: 1, headWidth: 4, surprise: true);
        var z = randn(1, 1, 2, 4);
        var target = norm.Answer(zeros_like(z), z);
        target[0, 0, 1] = target[0, 0, 1].Plus(2); // the second event is a surprise
        var rates = ones(1, 1, 1, 2);
        RandomTtt.AssertClose(rates, norm.Gradient(z, target, rates).Rates, 0);
        norm.named_parameters().Single(p => p.name == "surprise_weight").parameter.copy_(tensor(0.5f));
        var gated = Values.Of(norm.Gradient(z, target, rates).Rates);
        Assert.True(gated[0] < 0.1 && gated[1] > 1.2, $"{gated[0]} and {gated[1]}");
    }

    [Fact]
    public void A_gate_of_values_starts_as_none_and_can_turn_an_event_against_its_item()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var gate = new TttValueGate(heads: 2);
        var (rates, values) = (ones(1, 3, 2), tensor([1f, 0, -4]).unsqueeze(0));
        RandomTtt.AssertClose(rates, gate.Apply(rates, values), 0);
        gate.named_parameters().Single(p => p.name == "weight").parameter.copy_(tensor([1f, 0]));
        gate.named_parameters().Single(p => p.name == "bias").parameter.copy_(tensor([0f, 1]));
        var (strong, other) = ((float)(1 + 2 * Math.Tanh(1)), (float)(1 + 2 * Math.Tanh(1)));
        float[] expected = [strong, other, 1, other, (float)(1 + 2 * Math.Tanh(-4)), other];
        Assert.Equal(expected, Values.Of(gate.Apply(rates, values)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.True(expected[4] < -0.99);
        RandomTtt.AssertClose(gate.Apply(rates, ones(1, 3)), gate.Apply(rates, null), 0);
    }

    [Fact]
    public void The_value_of_an_event_tells_on_it_and_on_what_follows()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var layer = RandomTtt.Layer(_options with { EventValues = true });
        var x = randn(1, 8, 8, ScalarType.Float64);
        var plain = layer.forward(x);
        var values = ones(1, 8);
        RandomTtt.AssertClose(plain, layer.Mix(x, new(null, values)), 0);
        values[0, 5] = -3;
        var other = layer.Mix(x, new(null, values));
        for (var t = 0; t < 8; t++) Assert.Equal(t >= 5, RandomTtt.Apart(plain.narrow(1, t, 1), other.narrow(1, t, 1)) > 1e-6);
    }

    [Fact]
    public void A_truncated_gradient_changes_no_output_and_does_not_pass_the_cut()
    {
        using var scope = NewDisposeScope();
        var x = randn(1, 16, 8, ScalarType.Float64).requires_grad_(true);
        using var whole = RandomTtt.Layer(_options);
        using var cut = RandomTtt.Layer(_options with { Truncation = 8 });
        var y = cut.forward(x);
        RandomTtt.AssertClose(whole.forward(x), y, 0);
        y[0, -1].sum().backward();
        for (var t = 0; t < 16; t++) Assert.Equal(t >= 8, x.grad![0, t].abs().max().item<double>() > 0);
    }
}
