using Tandem.Learning.Backbones;
using Tandem.Learning.Backbones.Fused;
using Tandem.Learning.Layers;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The layer in one piece, with a gradient written by hand, against single tensor operations and autograd.</summary>
public class TttFusedTests
{
    private static readonly TttOptions _options = new() { Width = 16, Heads = 2, MiniBatch = 4 };

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var name in _variants.Keys)
            {
                foreach (var steps in new[] { 1, 3, 4, 5, 12, 21 }) cases.Add(name, steps);
            }

            return cases;
        }
    }

    private static readonly SortedDictionary<string, TttOptions> _variants = new(StringComparer.Ordinal)
    {
        ["plain"] = _options,
        ["one head, one step a mini-batch"] = _options with { Heads = 1, MiniBatch = 1 },
        ["four heads, seven steps"] = _options with { Heads = 4, MiniBatch = 7 },
        ["wide heads"] = _options with { Width = 48, MiniBatch = 8 },
        ["gate and convolutions"] = _options with { Gate = true, ShareQueryKey = true },
        ["frozen"] = _options with { Control = TttControl.Frozen },
        ["zero rate"] = _options with { Control = TttControl.ZeroRate },
        ["truncated"] = _options with { Truncation = 8 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_and_gradients_are_those_of_single_operations(string variant, int steps)
    {
        using var scope = NewDisposeScope();
        var options = _variants[variant];
        using var fused = RandomTtt.Layer(options);
        using var single = RandomTtt.Layer(options with { Fused = false });
        if (options.MiniBatch > 2)
        {
            using var mode = no_grad();
            foreach (var layer in new[] { fused, single }) layer.get_parameter("scale_offset")![2] = -0.5; // 1/3 − 0.5 < 0: no step there
        }

        manual_seed(5);
        var (x, probe) = (randn(3, steps, options.Width, ScalarType.Float64), randn(3, steps, options.Width, ScalarType.Float64));
        var (y, gradients) = Run(fused, x, probe);
        var (expected, theirs) = Run(single, x, probe);
        RandomTtt.AssertClose(expected, y, 1e-12);
        foreach (var (name, gradient) in theirs)
        {
            var apart = RandomTtt.Apart(gradient, gradients[name]);
            Assert.True(apart <= 1e-11 * Math.Max(1, gradient.abs().max().item<double>()), $"{name} is off by {apart:0.0e0}");
        }
    }

    [Fact]
    public void Single_precision_agrees_too()
    {
        using var scope = NewDisposeScope();
        var options = new TttOptions { Width = 64 };
        using var fused = RandomTtt.Layer(options, ScalarType.Float32);
        using var single = RandomTtt.Layer(options with { Fused = false }, ScalarType.Float32);
        var (x, probe) = (randn(2, 50, 64), randn(2, 50, 64));
        var (y, gradients) = Run(fused, x, probe);
        var (expected, theirs) = Run(single, x, probe);
        RandomTtt.AssertClose(expected, y, 1e-5);
        foreach (var (name, gradient) in theirs)
            RandomTtt.AssertClose(gradient, gradients[name], 1e-4 * Math.Max(1, gradient.abs().max().item<float>()));
    }

    [Theory]
    [InlineData(16, ScalarType.Float32, true)]
    [InlineData(12, ScalarType.Float32, false)]
    [InlineData(12, ScalarType.Float64, true)]
    [InlineData(16, ScalarType.BFloat16, false)]
    public void Heads_that_fill_no_whole_vectors_are_left_to_single_operations(int headWidth, ScalarType type, bool fits)
    {
        using var qkv = zeros(1, dtype: type);
        Assert.Equal(fits, TttLinearFunction.Fits(headWidth, qkv));
    }

    [Fact]
    public void A_training_step_leaves_no_tensor_behind()
    {
        using var backbone = new Ttt4Rec(new() { Width = 16, Heads = 2, MiniBatch = 4, Blocks = 2 }, new Noise(1));
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            backbone.forward(randn(2, 9, 16)).sum().backward();
        });
    }

    [Fact]
    public void Two_at_once_give_the_gradients_of_one_after_the_other()
    {
        var (alone, together) = (new float[2][], new float[2][]);
        for (var i = 0; i < 2; i++) alone[i] = Gradient(i);
        Parallel.For(0, 2, i => together[i] = Gradient(i));
        Assert.Equal(alone, together);

        static float[] Gradient(int which)
        {
            using var scope = NewDisposeScope();
            using var layer = new TttLayer(_options);
            using (no_grad())
            {
                foreach (var parameter in layer.parameters())
                    parameter.copy_(Range(0, parameter.numel()).to(ScalarType.Float32).cos().reshape(parameter.shape).Times(0.3));
            }

            layer.forward(Range(0, 4 * 20 * 16).to(ScalarType.Float32).Plus(which).sin().reshape(4, 20, 16)).Squared().sum().backward();
            return Values.Of(layer.get_parameter("inner.weight")!.grad!);
        }
    }

    private static (Tensor Output, Dictionary<string, Tensor> Gradients) Run(TttLayer layer, Tensor x, Tensor probe)
    {
        var input = x.clone().requires_grad_(true);
        var y = layer.forward(input);
        (y * probe).sum().backward();
        // At rate 0 of single operations, or of short sequences, some parameters are reached by zeros or not at all.
        var gradients = layer.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad ?? zeros_like(p.parameter));
        gradients["x"] = input.grad!;
        return (y.detach(), gradients);
    }
}
