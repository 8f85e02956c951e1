using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class ActivationsTests
{
    private delegate void Kernel(ReadOnlySpan<float> x, Span<float> destination);

    private static readonly Dictionary<string, (Kernel[] Paths, Func<double, double> Reference)> _functions = new()
    {
        ["relu"] = ([Activations.Relu], x => Math.Max(x, 0)),
        ["prelu"] = (
            [(x, y) => Activations.PRelu(x, 0.25f, y), .. PathsOf(new Activations.PReluFunction(0.25f))], x => x < 0 ? x / 4 : x),
        ["sigmoid"] = ([Activations.Sigmoid, .. PathsOf(default(Activations.SigmoidFunction))], Sigmoid),
        ["silu"] = ([Activations.Silu, .. PathsOf(default(Activations.SiluFunction))], x => x * Sigmoid(x)),
        ["gelu"] = ([Activations.Gelu, .. PathsOf(default(Activations.GeluFunction))], x => x * Normal(x)),
        ["gelu by tanh"] = ([Activations.GeluTanh, .. PathsOf(default(Activations.GeluTanhFunction))], GeluTanh),
        ["gelu by tanh, its slope"] = ([Activations.GeluTanhSlope, .. PathsOf(default(Activations.GeluTanhSlopeFunction))], GeluTanhSlope),
        ["tanh"] = ([.. PathsOf(default(TanhFunction))], Math.Tanh),
    };

    public static TheoryData<string> Functions => [.. _functions.Keys];

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_equals_its_double_precision_reference_at_every_length(string name)
    {
        var random = new Random(3);
        var (paths, reference) = _functions[name];
        var x = Vectors.Draw(random, 257).Select(v => v * 8).ToArray();
        double[] expected = [.. x.Select(v => reference(v))];
        foreach (var length in Vectors.LengthsFromZero)
            foreach (var path in paths) Check(path, x.AsSpan(0, length), expected, Tolerance(name));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_equals_its_double_precision_reference_from_denormals_to_huge_values(string name)
    {
        float[] special =
        [
            0, -0f, 1e-45f, -1e-45f, 1e-38f, 1e-20f, -1e-20f, 1e-7f, 13, -13, 17, -17, 87, -87, 87.4f, -87.4f, 88.8f, -88.8f, 100, -100,
            104, -104, 1e4f, -1e4f, 1e30f, -1e30f, float.MaxValue, float.MinValue,
            .. Enumerable.Range(-1500, 3001).Select(i => i / 100f + 0.003f),
        ];
        var (paths, reference) = _functions[name];
        double[] expected = [.. special.Select(v => reference(v))];
        foreach (var path in paths) Check(path, special, expected, Tolerance(name));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void NaN_gives_NaN_in_its_place_alone(string name)
    {
        var x = new float[40];
        x[3] = x[20] = x[39] = float.NaN;
        foreach (var path in _functions[name].Paths)
        {
            var y = new float[40];
            path(x, y);
            Assert.Equal([3, 20, 39], Enumerable.Range(0, 40).Where(i => float.IsNaN(y[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void In_place_gives_the_same_bits(string name)
    {
        var random = new Random(4);
        foreach (var path in _functions[name].Paths)
        {
            foreach (var length in Vectors.Lengths)
            {
                var x = Vectors.Draw(random, length);
                var expected = new float[length];
                path(x, expected);
                path(x, x);
                Assert.Equal(expected, x);
            }
        }
    }

    [Fact]
    public void SwiGlu_is_the_silu_of_the_gate_times_up()
    {
        var random = new Random(6);
        foreach (var length in Vectors.LengthsFromZero)
        {
            var (gate, up) = (Vectors.Draw(random, length), Vectors.Draw(random, length));
            using var memory = new GuardedMemory();
            var y = memory.AtEnd<float>(gate);
            Activations.SwiGlu(y, memory.AtEnd<float>(up), y);
            Close.Row([.. gate.Zip(up, (g, u) => g * Sigmoid(g) * u)], y, tolerance: 3e-7);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (x, y) = (new float[67], new float[67]);
        Allocation.AssertNone(() =>
        {
            Activations.Relu(x, y);
            Activations.PRelu(x, 0.25f, y);
            Activations.Sigmoid(x, y);
            Activations.Silu(x, y);
            Activations.Gelu(x, y);
            Activations.GeluTanh(x, y);
            Activations.GeluTanhSlope(x, y);
            Activations.SwiGlu(x, x, y);
        });
    }

    /// <summary>
    /// A few roundings of numbers near one; in the slope what rounding leaves of 1 − σ near 1 is multiplied by some 6 x³.
    /// </summary>
    private static double Tolerance(string name) => name == "gelu by tanh, its slope" ? 5e-6 : 3e-7;

    private static void Check(Kernel path, ReadOnlySpan<float> x, double[] expected, double tolerance)
    {
        using var memory = new GuardedMemory();
        foreach (var atEnd in new[] { true, false })
        {
            var y = atEnd ? memory.AtEnd<float>(x) : memory.AtStart<float>(x);
            path(atEnd ? memory.AtEnd<float>(x) : memory.AtStart<float>(x), y);
            for (var i = 0; i < x.Length; i++)
            {
                if (!(Math.Abs(y[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))))
                    Assert.Fail($"f({x[i]:R}) is {y[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    private static double GeluTanh(double x) => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    private static double GeluTanhSlope(double x)
    {
        var tanh = Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
        if (Math.Abs(x) > 1e4) return x < 0 ? 0 : 1;
        return (1 + tanh) / 2 + x / 2 * (1 - tanh * tanh) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    }

    private static Kernel[] PathsOf<TFunction>(TFunction function) where TFunction : struct, IElementwise =>
    [
        (x, y) => Elementwise.Scalar(function, x, y),
        (x, y) => Elementwise.Run<Lanes128, TFunction>(function, x, y),
        (x, y) => Elementwise.Run<Lanes256, TFunction>(function, x, y),
        (x, y) => Elementwise.Run<Lanes512, TFunction>(function, x, y),
    ];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Φ(x): a half and the density's integral from 0 by Simpson's rule, whose error over 1,000 steps is below 1e-8.</summary>
    private static double Normal(double x)
    {
        if (Math.Abs(x) > 14) return x < 0 ? 0 : 1;
        const int Steps = 1000;
        var (h, sum) = (x / Steps, 0d);
        for (var i = 0; i <= Steps; i++) sum += (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-(i * h) * (i * h) / 2);
        return 0.5 + sum * h / 3 / Math.Sqrt(2 * Math.PI);
    }

    private readonly struct TanhFunction : IElementwise
    {
        public TLanes Apply<TLanes>(TLanes x) where TLanes : struct, ILanes<TLanes> => Transcendental.Tanh(x);

        public float Apply(float x) => MathF.Tanh(x);
    }
}
