using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class HeadNormTests
{
    private delegate void AnswerKernel(
        ReadOnlySpan<float> z, ReadOnlySpan<float> x, HeadNormWeights weights, int headWidth, Span<float> destination);

    private delegate void GradientKernel(
        Span<float> z, ReadOnlySpan<float> k, ReadOnlySpan<float> v, HeadNormWeights weights, ReadOnlySpan<float> rates);

    private static readonly Dictionary<string, (AnswerKernel Answer, GradientKernel Gradient)> _paths = new()
    {
        ["dispatched"] = (HeadNorm.Answer, HeadNorm.Gradient),
        ["scalar"] = (HeadNorm.AnswerScalar, HeadNorm.GradientScalar),
        ["128"] = (HeadNorm.Answer<Lanes128>, HeadNorm.Gradient<Lanes128>),
        ["256"] = (HeadNorm.Answer<Lanes256>, HeadNorm.Gradient<Lanes256>),
        ["512"] = (HeadNorm.Answer<Lanes512>, HeadNorm.Gradient<Lanes512>),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Answer_and_gradient_equal_their_equations_in_double_precision(string path)
    {
        for (var F = 2; F <= 70; F++)
            foreach (var heads in new[] { 1, 3, 4, 5, 9 }) new Case(heads, F).Check(_paths[path].Answer, _paths[path].Gradient);
    }

    [Fact]
    public void The_gradient_is_the_slope_of_the_inner_loss()
    {
        // ½ ‖LN(z) − (v − k)‖² in double precision by central differences.
        var c = new Case(1, 8);
        var g = c.Z.ToArray();
        HeadNorm.Gradient(g, c.K, c.V, new(c.Gamma, c.Beta, [], []), [1]);
        for (var i = 0; i < g.Length; i++)
        {
            var z = c.Z.Select(v => (double)v).ToArray();
            z[i] += 1e-5;
            var above = c.Loss(z);
            z[i] -= 2e-5;
            Assert.Equal((above - c.Loss(z)) / 2e-5, g[i], tolerance: 1e-5);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(
            () => HeadNorm.Answer(new float[33], new float[33], new(new float[33], new float[33], [], []), 16, new float[33]));
        Assert.Throws<ArgumentException>(
            () => HeadNorm.Answer(new float[32], new float[32], new(new float[16], new float[32], [], []), 16, new float[32]));
        Assert.Throws<ArgumentException>(
            () => HeadNorm.Gradient(new float[32], new float[32], new float[31], new(new float[32], new float[32], [], []), new float[2]));
        Assert.Throws<ArgumentException>(
            () => HeadNorm.Gradient(
                new float[32], new float[32], new float[32], new(new float[32], new float[32], new float[2], []), new float[2]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (z, rates) = (new float[96], new float[6]);
        Allocation.AssertNone(() =>
        {
            HeadNorm.Gradient(z, z, z, new(z, z, rates, rates), rates);
            HeadNorm.Answer(z, z, new(z, z, [], []), 16, z);
        });
    }

    private sealed class Case
    {
        private readonly int _heads;
        private readonly int _width;
        private readonly float[] _rates;
        private readonly float[] _surprise;

        public Case(int heads, int width)
        {
            (_heads, _width) = (heads, width);
            var random = new Random(heads * 100 + width);
            (Z, K, V) = (Vectors.Draw(random, heads * width), Vectors.Draw(random, heads * width), Vectors.Draw(random, heads * width));
            (Gamma, Beta) = (Vectors.Draw(random, heads * width), Vectors.Draw(random, heads * width));
            (_rates, _surprise) = (Vectors.Draw(random, heads), Vectors.Draw(random, heads));
        }

        public float[] Z { get; }

        public float[] K { get; }

        public float[] V { get; }

        public float[] Gamma { get; }

        public float[] Beta { get; }

        public double Loss(double[] z) => Normed(z, 0).Select((h, i) => Math.Pow(Gamma[i] * h + Beta[i] - (V[i] - K[i]), 2)).Sum() / 2;

        public void Check(AnswerKernel answer, GradientKernel gradient)
        {
            using var memory = new GuardedMemory();
            var y = memory.AtEnd<float>(Z);
            answer(memory.AtEnd<float>(Z), memory.AtEnd<float>(K), new(memory.AtEnd<float>(Gamma), memory.AtEnd<float>(Beta), [], []),
                _width, y);
            // What is divided by a deviation of at least 0.001 loses up to three digits where two values are nearly one.
            Close.Row(Answers(), y, tolerance: 2e-4);
            foreach (var surprise in new[] { true, false })
            {
                var g = memory.AtEnd<float>(Z);
                var weights = surprise ? _surprise : [];
                gradient(
                    g, memory.AtEnd<float>(K), memory.AtEnd<float>(V),
                    new(memory.AtEnd<float>(Gamma), memory.AtEnd<float>(Beta), memory.AtEnd<float>(weights), memory.AtEnd<float>(weights)),
                    memory.AtEnd<float>(_rates));
                var expected = Gradients(surprise);
                // Of the largest element: the parts of a gradient nearly cancel where the deviation is small.
                Close.Row(expected, g, tolerance: 1e-4 * Math.Max(0.1, expected.Max(Math.Abs)));
            }
        }

        private double[] Answers() =>
            [.. Enumerable.Range(0, _heads).SelectMany(h => Normed([.. Z.Select(v => (double)v)], h).Select((z, i) => At(h, i, z)))];

        private double At(int head, int i, double normed) =>
            K[head * _width + i] + Gamma[head * _width + i] * normed + Beta[head * _width + i];

        private double[] Gradients(bool surprise) => [.. Enumerable.Range(0, _heads).SelectMany(h => Gradient(h, surprise))];

        private double[] Gradient(int head, bool surprise)
        {
            var (from, normed) = (head * _width, Normed([.. Z.Select(v => (double)v)], head));
            double[] r = [.. normed.Select((h, i) => Gamma[from + i] * h + Beta[from + i] - ((double)V[from + i] - K[from + i]))];
            double[] g = [.. r.Select((v, i) => v * Gamma[from + i])];
            var (mean, along) = (g.Average(), g.Zip(normed, (a, b) => a * b).Average());
            var gate = surprise ? 2 / (1 + Math.Exp(-(_surprise[head] * Math.Log(r.Average(v => v * v) + 1e-6) + _surprise[head]))) : 1;
            return [.. g.Select((v, i) => (v - mean - normed[i] * along) / Deviation([.. Z.Select(v => (double)v)],
                head) * gate * _rates[head])];
        }

        private double[] Normed(double[] z, int head)
        {
            var row = z.AsSpan(head * _width, _width).ToArray();
            var (mean, deviation) = (row.Average(), Deviation(z, head));
            return [.. row.Select(v => (v - mean) / deviation)];
        }

        private double Deviation(double[] z, int head)
        {
            var row = z.AsSpan(head * _width, _width).ToArray();
            var mean = row.Average();
            return Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-6);
        }
    }
}
