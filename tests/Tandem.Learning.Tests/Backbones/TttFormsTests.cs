using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The dual form, the primal form and a mixture of both are one function.</summary>
public class TttFormsTests
{
    private static readonly TttOptions _plain = new() { Width = 16, Heads = 2, Blocks = 2, Window = 200 };

    public static TheoryData<string> Variants => [.. _variants.Keys];

    private static readonly SortedDictionary<string, TttOptions> _variants = new(StringComparer.Ordinal)
    {
        ["linear"] = _plain,
        ["mlp"] = _plain with { Inner = TttInner.Mlp },
        ["gate"] = _plain with { Gate = true },
        ["shared queries and keys"] = _plain with { ShareQueryKey = true },
        ["convolution before"] = _plain with { PreConvolution = true },
        ["decay"] = _plain with { Decay = true, FastHeads = 1 },
        ["surprise"] = _plain with { Surprise = true, Inner = TttInner.Mlp },
        ["event values"] = _plain with { EventValues = true },
        ["everything"] = _plain with
        {
            Gate = true,
            ShareQueryKey = true,
            PreConvolution = true,
            Decay = true,
            Surprise = true,
            EventValues = true,
        },
        ["zero rate"] = _plain with { Control = TttControl.ZeroRate },
        ["frozen"] = _plain with { Control = TttControl.Frozen },
        ["linear attention"] = _plain with { Control = TttControl.LinearAttention },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_gives_the_same_at_once_and_event_by_event(string variant)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var options = _variants[variant] with { MiniBatch = 4 };
        using var backbone = RandomTtt.Backbone(options);
        var x = randn(2, 15, options.Width, ScalarType.Float64);
        var features = Features(options, 2, 15);
        RandomTtt.AssertClose(backbone.Mix(x, features), RandomTtt.Stepped(backbone, x, features), 1e-12);
    }

    [Theory]
    [InlineData(TttInner.Linear, 1)]
    [InlineData(TttInner.Linear, 4)]
    [InlineData(TttInner.Linear, 8)]
    [InlineData(TttInner.Linear, 16)]
    [InlineData(TttInner.Mlp, 1)]
    [InlineData(TttInner.Mlp, 4)]
    [InlineData(TttInner.Mlp, 8)]
    [InlineData(TttInner.Mlp, 16)]
    public void Dual_and_primal_form_agree_at_every_length(TttInner inner, int miniBatch)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var options = _plain with { Inner = inner, MiniBatch = miniBatch, Blocks = 1 };
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-12), (ScalarType.Float32, 1e-5) })
        {
            using var backbone = RandomTtt.Backbone(options, type);
            var x = randn(1, 200, options.Width, type);
            var stepped = RandomTtt.Stepped(backbone, x, default);
            foreach (var T in new[] { 1, miniBatch - 1, miniBatch, miniBatch + 1, 50, 200 }.Where(T => T > 0))
                RandomTtt.AssertClose(backbone.forward(x.narrow(1, 0, T)), stepped.narrow(1, 0, T), tolerance);
        }
    }

    [Theory]
    [InlineData("linear", 1)]
    [InlineData("linear", 3)]
    [InlineData("linear", 7)]
    [InlineData("linear", 8)]
    [InlineData("linear", 11)]
    [InlineData("linear", 16)]
    [InlineData("linear", 20)]
    [InlineData("everything", 3)]
    [InlineData("everything", 8)]
    [InlineData("everything", 11)]
    public void A_history_filled_in_can_be_continued_event_by_event(string variant, int filled)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var options = _variants[variant];
        using var backbone = RandomTtt.Backbone(options);
        var x = randn(3, 21, options.Width, ScalarType.Float64);
        var features = Features(options, 3, 21);
        var whole = backbone.Mix(x, features);
        var (states, carried) = backbone.Fill(x.narrow(1, 0, filled), features.First(filled));
        RandomTtt.AssertClose(whole.narrow(1, 0, filled), states, 1e-12);
        for (var t = filled; t < 21; t++)
        {
            (var state, carried) = backbone.Step(x.narrow(1, t, 1), features.At(t), carried);
            RandomTtt.AssertClose(whole.narrow(1, t, 1), state, 1e-12);
        }
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("mlp")]
    public void The_inner_loop_is_alive(string variant)
    {
        // A dead one would pass every test above.
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, 20, 16, ScalarType.Float64);
        using var still = RandomTtt.Backbone(_variants[variant] with { BaseRate = 0 });
        using var moving = RandomTtt.Backbone(_variants[variant] with { BaseRate = 1 });
        Assert.True(RandomTtt.Apart(still.forward(x), moving.forward(x)) > 0.1);
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var backbone = RandomTtt.Backbone(_variants["everything"]);
        using var mode = no_grad();
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            var x = randn(2, 9, 16, ScalarType.Float64);
            var (_, carried) = backbone.Fill(x, default);
            backbone.Step(x.narrow(1, 0, 1), default, carried);
        });
    }

    private static EventFeatures Features(TttOptions options, long rows, long steps) => new(
        options.Decay ? randint(0, 500_000, [rows, steps], ScalarType.Int64).cumsum(1) : null,
        options.EventValues ? randn(rows, steps) : null);
}
