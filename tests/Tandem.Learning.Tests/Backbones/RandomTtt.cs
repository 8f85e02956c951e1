using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Tests;
using TorchSharp;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>TTT backbones and layers with weights away from their starting values, and comparisons of what they give.</summary>
internal static class RandomTtt
{
    public static TttLayer Layer(TttOptions options, ScalarType type = ScalarType.Float64, int seed = 1) =>
        Scattered(() => new TttLayer(options), type, seed);

    public static Ttt4Rec Backbone(TttOptions options, ScalarType type = ScalarType.Float64, int seed = 1) =>
        Scattered(() => new Ttt4Rec(options, new Noise(1)), type, seed);

    /// <summary>The largest difference between two tensors of one type.</summary>
    public static double Apart(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(a.dtype, b.dtype);
        Assert.Equal(a.shape, b.shape);
        return (a - b).abs().max().to(ScalarType.Float64).item<double>();
    }

    /// <summary>As <see cref="Close"/>, for tensors of any type.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (apart, limit) = (Apart(expected, actual), tolerance * Math.Max(1, expected.abs().max().to(ScalarType.Float64).item<double>()));
        Assert.True(apart <= limit, $"off by {apart:0.0e0}, at most {limit:0.0e0} allowed");
    }

    /// <summary>[steps of B rows] of a backbone that starts from nothing, one event after the other.</summary>
    public static Tensor Stepped(Ttt4Rec backbone, Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (states, carried) = (new List<Tensor>(), backbone.Begin(x));
        for (var t = 0; t < x.shape[1]; t++)
        {
            (var state, carried) = backbone.Step(x.narrow(1, t, 1), features.At(t), carried);
            states.Add(state);
        }

        return cat(states, dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>Those of one step, [B] each.</summary>
    public static EventFeatures At(this EventFeatures features, long step) =>
        new(features.Times?.select(1, step), features.Values?.select(1, step));

    /// <summary>Those of the oldest steps.</summary>
    public static EventFeatures First(this EventFeatures features, long steps) =>
        new(features.Times?.narrow(1, 0, steps), features.Values?.narrow(1, 0, steps));

    /// <summary>Every weight gets noise of a tenth, so that no norm, offset or bias hides behind 1 or 0.</summary>
    private static T Scattered<T>(Func<T> create, ScalarType type, int seed)
        where T : nn.Module
    {
        manual_seed(seed);
        var module = create();
        using var mode = no_grad();
        foreach (var parameter in module.parameters())
        {
            using var noise = randn_like(parameter).Times(0.1);
            parameter.add_(noise, One);
        }

        module.to(type);
        module.eval();
        return module;
    }
}
