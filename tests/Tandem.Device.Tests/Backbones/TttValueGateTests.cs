using System.Numerics.Tensors;
using CsCheck;
using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Tests.Backbones;

public class TttValueGateTests
{
    private const int Events = 40;
    private const string Gate = "backbone.blocks.0.ttt.value_gate";

    private static readonly TttShape _shape = TttShapes.Vectors with { EventValues = true };

    private static readonly Dictionary<string, TttShape> _variants = new()
    {
        ["linear"] = _shape,
        ["a wide head"] = _shape with { Heads = 1 },
        ["mlp"] = _shape with { Inner = TttInnerForm.Mlp },
        ["linear attention"] = _shape with { Inner = TttInnerForm.LinearAttention },
        ["surprise"] = _shape with { Surprise = true, ShareQueryKey = true },
    };

    public static TheoryData<string> Variants => [.. _variants.Keys];

    [Fact]
    public void A_rate_is_multiplied_by_the_learned_function_of_its_events_value() =>
        (from heads in Gen.Int[1, 9]
         from rows in Gen.Int[1, 20]
         from parameters in Gen.Float[-3, 3].Array[2 * heads]
         from values in Gen.OneOf(Gen.Float[-5, 5], Gen.Float[-65_504, 65_504]).Array[rows]
         from rates in Gen.Float[0, 10].Array[rows * heads]
         select (heads, parameters, values, rates)).Sample(
            drawn =>
            {
                var (heads, parameters, values, rates) = drawn;
                var layout = new ParameterLayout();
                var gate = new TttValueGate(layout, "gate", heads);
                var weights = new float[layout.Length];
                parameters.AsSpan(0, heads).CopyTo(layout.Slices[0].Slice.Of(weights.AsSpan()));
                parameters.AsSpan(heads).CopyTo(layout.Slices[1].Slice.Of(weights.AsSpan()));
                var gated = rates.ToArray();
                gate.Apply(weights, values, gated);
                for (var i = 0; i < rates.Length; i++)
                {
                    var input = (double)parameters[i % heads] * values[i / heads] + parameters[heads + i % heads];
                    Assert.Equal(rates[i] * (1 + 2 * Math.Tanh(input)), gated[i], tolerance: 1e-4);
                }
            },
            threads: 1);

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_gate_of_zeros_is_the_published_layer_to_the_bit(string variant)
    {
        var (gated, plain) = Pair(variant);
        gated.Weights($"{Gate}.weight").Clear();
        gated.Weights($"{Gate}.bias").Clear();
        Assert.Equal(plain.Outputs(), gated.Outputs());
        Assert.Equal(State(plain, Events).Carried, State(gated, Events).Carried);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_low_value_unlearns_what_the_same_event_would_have_taught(string variant)
    {
        var (gated, plain) = Pair(variant);
        gated.Weights($"{Gate}.weight").Fill(60); // 1 + 2 tanh(−60) = −1
        gated.Weights($"{Gate}.bias").Clear();
        gated.Values.Fill(-1);
        var written = Written(plain);
        Assert.True(TensorPrimitives.Norm<float>(written) > 0.01f);
        Assert.Equal(written.Select(sum => -sum), Written(gated));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Values_count_with_a_gate_and_for_nothing_without_one(string variant)
    {
        var (gated, plain) = Pair(variant);
        var (withValues, without) = (gated.Outputs(), plain.Outputs());
        gated.Values.Fill(1);
        plain.Values.Fill(1);
        Assert.True(TensorPrimitives.Distance(withValues, gated.Outputs()) > 1e-2f);
        Assert.Equal(without, plain.Outputs());
    }

    [Fact]
    public void A_value_changes_no_output_before_its_event()
    {
        var user = new TttUser(_shape, Events);
        var before = user.Outputs();
        user.Values[20] = 5;
        var after = user.Outputs();
        Assert.Equal(before[..(20 * 64)], after[..(20 * 64)]);
        Assert.NotEqual(before[(20 * 64)..(21 * 64)], after[(20 * 64)..(21 * 64)]);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Events_that_all_unlearn_leave_finite_numbers(string variant)
    {
        var user = new TttUser(_variants[variant] with { Width = 16, Heads = 2, FeedForwardWidth = 8 }, events: 500);
        user.Weights($"{Gate}.weight").Fill(60);
        user.Values.Fill(-1);
        var state = user.Runner.CreateState();
        for (var n = 0; n < 20_000; n += 50) user.Advance(state, n % 500, 50);
        Assert.True(TensorPrimitives.IsFiniteAll<float>(state.Carried) && TensorPrimitives.IsFiniteAll<float>(state.Output));
    }

    /// <summary>The same weights and events with a random gate and without one.</summary>
    private static (TttUser Gated, TttUser Plain) Pair(string variant)
    {
        var (gated, plain) = (
            new TttUser(_variants[variant], Events), new TttUser(_variants[variant] with { EventValues = false }, Events));
        foreach (var tensor in plain.Runner.Layout.Slices.Where(tensor => !tensor.IsPersonal))
            plain.Weights(tensor.Name).CopyTo(gated.Weights(tensor.Name));
        Assert.Equal(["value_gate.weight", "value_gate.bias"], Added(gated, plain));
        return (gated, plain);
    }

    private static IEnumerable<string> Added(TttUser gated, TttUser plain) => gated.Runner.Layout.Slices
        .Select(tensor => tensor.Name)
        .Except(plain.Runner.Layout.Slices.Select(tensor => tensor.Name))
        .Select(name => name["backbone.blocks.0.ttt.".Length..]);

    /// <summary>What the first event adds to the sums, which lie behind the weights.</summary>
    private static float[] Written(TttUser user)
    {
        var shape = (TttShape)user.Runner.Shape;
        var length = shape.Heads * (int)shape.InnerWeights;
        return State(user, 1).Carried.Slice(length, length).ToArray();
    }

    private static UserState State(TttUser user, int events)
    {
        var state = user.Runner.CreateState();
        user.Advance(state, 0, events);
        return state;
    }
}
