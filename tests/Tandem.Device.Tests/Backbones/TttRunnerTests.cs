using System.Numerics.Tensors;
using CsCheck;
using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.Tests.Backbones;

public class TttRunnerTests
{
    private static readonly TttShape _shape = TttShapes.Vectors;

    private static readonly Dictionary<string, TttShape> _variants = new()
    {
        ["heads of a vector"] = _shape,
        ["a wide head"] = _shape with { Heads = 1 },
        ["odd heads"] = _shape with { Width = 30, Heads = 3 },
        ["mlp"] = _shape with { Inner = TttInnerForm.Mlp },
        ["linear attention"] = _shape with { Heads = 2, Inner = TttInnerForm.LinearAttention },
        ["everything, 2 blocks"] = _shape with
        {
            Width = 24,
            Heads = 2,
            Blocks = 2,
            Gate = true,
            ShareQueryKey = true,
            PreConvolution = true,
            Decay = true,
            UsesTimes = true,
            Surprise = true,
            EventValues = true,
        },
    };

    public static MatrixTheoryData<string, int> Cases => new(_variants.Keys, [1, 4, 8, 16, 50]);

    public static TheoryData<string> Variants => [.. _variants.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_history_at_once_and_event_by_event_give_the_same(string variant, int miniBatch)
    {
        var user = new TttUser(_variants[variant] with { MiniBatch = miniBatch }, events: 200);
        var stepwise = user.Runner.CreateState();
        var whole = user.Runner.CreateState();
        var compared = new HashSet<int> { 1, miniBatch - 1, miniBatch, miniBatch + 1, 50, 200 };
        for (var n = 1; n <= 200; n++)
        {
            user.Advance(stepwise, n - 1, 1);
            if (!compared.Contains(n)) continue;
            whole.Reset();
            user.Advance(whole, 0, n);
            Close.Row([.. whole.Output.ToArray().Select(v => (double)v)], stepwise.Output, tolerance: 1e-5);
            AssertSameMemory(whole, stepwise);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void However_a_history_is_cut_the_state_ends_the_same(string variant)
    {
        var user = new TttUser(_variants[variant], events: 60);
        var whole = user.Runner.CreateState();
        user.Advance(whole, 0, 60);
        Gen.Int[1, 25].Array[1, 12].Sample(
            pieces =>
            {
                var (state, taken) = (user.Runner.CreateState(), 0);
                foreach (var piece in pieces.Append(60))
                {
                    var count = Math.Min(piece, 60 - taken);
                    if (count > 0) user.Advance(state, taken, count);
                    taken += count;
                }

                Assert.Equal(60, state.Events);
                Close.Row([.. whole.Output.ToArray().Select(v => (double)v)], state.Output, tolerance: 1e-5);
                AssertSameMemory(whole, state);
            },
            iter: 30,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_output_after_every_event_is_what_the_event_would_have_left(string variant)
    {
        var user = new TttUser(_variants[variant], events: 40);
        var outputs = user.Outputs();
        var state = user.Runner.CreateState();
        for (var n = 0; n < 40; n++)
        {
            user.Advance(state, n, 1);
            var before = outputs.AsSpan(n * user.Runner.Shape.Width, user.Runner.Shape.Width).ToArray(); // the adapter begins at 0
            Close.Row([.. before.Select(v => (double)v)], state.Output, tolerance: 1e-5);
        }
    }

    [Fact]
    public void The_inner_loop_is_alive()
    {
        foreach (var inner in Enum.GetValues<TttInnerForm>())
        {
            // A dead one would pass every test of agreement.
            var (moving, still) = (
                new TttUser(_shape with { Inner = inner }, 40), new TttUser(_shape with { Inner = inner, BaseRate = 0 }, 40));
            Assert.True(TensorPrimitives.Distance(moving.Outputs(), still.Outputs()) > 1, $"{inner}");
        }
    }

    [Theory]
    [InlineData(4, TttInnerForm.Linear, 8_704)]
    [InlineData(2, TttInnerForm.Linear, 16_896)]
    [InlineData(1, TttInnerForm.Linear, 33_280)]
    [InlineData(4, TttInnerForm.Mlp, 68_096)]
    [InlineData(1, TttInnerForm.Mlp, 264_704)]
    public void A_state_has_the_weights_and_the_sums_of_the_inner_models(int heads, TttInnerForm inner, int bytes)
    {
        var shape = _shape with { Heads = heads, Inner = inner };
        Assert.Equal(bytes, new TttRunner(shape).CreateState().Carried.Length * sizeof(float));
        var tails = new TttRunner(shape with { Blocks = 2, PreConvolution = true, ShareQueryKey = true }).CreateState();
        Assert.Equal(2 * (bytes + 2 * 3 * 64 * sizeof(float)), tails.Carried.Length * sizeof(float));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Two_users_by_turns_are_two_users_apart(string variant)
    {
        var (first, second) = (new TttUser(_variants[variant], events: 30), new TttUser(_variants[variant], events: 30, seed: 2));
        var (alone, by, turns) = (first.Runner.CreateState(), first.Runner.CreateState(), first.Runner.CreateState());
        for (var n = 0; n < 30; n++) first.Advance(alone, n, 1);
        for (var n = 0; n < 30; n++)
        {
            first.Advance(by, n, 1);
            first.Advance(turns, second, n, 1);
        }

        Assert.Equal(alone.Output, by.Output);
        Assert.Equal(alone.Carried, by.Carried);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void An_event_allocates_nothing(string variant)
    {
        var user = new TttUser(_variants[variant], events: 40);
        var state = user.Runner.CreateState();
        user.Advance(state, 0, 20);
        Allocation.AssertNone(() =>
        {
            for (var n = 20; n < 40; n++) user.Advance(state, n, 1);
            user.Advance(state, 0, 40);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_million_events_leave_finite_numbers_and_with_decay_a_bounded_memory(bool decay)
    {
        var user = new TttUser(_shape with { Width = 16, Heads = 4, FeedForwardWidth = 8, Decay = decay }, events: 500);
        var state = user.Runner.CreateState();
        var largest = new float[2];
        for (var n = 0; n < 1_000_000; n += 50)
        {
            user.Advance(state, n % 500, 50);
            largest[n < 10_000 ? 0 : 1] = Math.Max(largest[n < 10_000 ? 0 : 1], TensorPrimitives.Norm<float>(state.Carried));
        }

        Assert.Equal(1_000_000, state.Events);
        Assert.True(TensorPrimitives.IsFiniteAll<float>(state.Carried) && TensorPrimitives.IsFiniteAll<float>(state.Output));
        if (decay) Assert.True(largest[1] < 1.1f * largest[0], $"{largest[1]} after ten thousand events, {largest[0]} within them");
    }

    /// <summary>Weights and sums of size 1, after many gradient steps in two orders of summation.</summary>
    private static void AssertSameMemory(UserState expected, UserState actual)
    {
        var apart = TensorPrimitives.Distance<float>(expected.Carried, actual.Carried);
        Assert.True(apart <= 1e-5f * TensorPrimitives.Norm<float>(expected.Carried), $"{apart} apart");
        Assert.Equal(expected.Times, actual.Times);
    }
}
