using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class AttentionTests
{
    private delegate void ScoreKernel(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int steps, int stride, ReadOnlySpan<float> bias, Span<float> weights);

    private delegate void MixKernel(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> values, int steps, int stride, Span<float> destination);

    private static readonly Dictionary<string, (ScoreKernel Score, MixKernel Mix)> _paths = new()
    {
        ["dispatched"] = (Attention.Score, Attention.Mix),
        ["scalar"] = (Attention.ScoreScalar, Attention.MixScalar),
        ["128"] = (Attention.Score<Lanes128>, Attention.Mix<Lanes128>),
        ["256"] = (Attention.Score<Lanes256>, Attention.Mix<Lanes256>),
        ["512"] = (Attention.Score<Lanes512>, Attention.Mix<Lanes512>),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Scores_and_mixture_equal_the_sums_in_double_precision(string path)
    {
        for (var width = 1; width <= 70; width++)
        {
            foreach (var steps in new[] { 0, 1, 2, 3, 4, 5, 7, 8, 15, 33 })
                CheckParts(path, width, steps, stride: width + width % 3);
        }

        foreach (var steps in Vectors.LengthsFromZero) CheckParts(path, width: 32, steps, stride: 64);
        CheckParts(path, width: 256, steps: 50, stride: 256);
    }

    [Fact]
    public void Attention_equals_its_equation_in_double_precision_for_each_head_of_a_sequence()
    {
        const int Heads = 2, Width = 24, Steps = 51;
        var random = new Random(3);
        var (q, K, V) = (Draw(random, Heads * Width), Draw(random, Steps * Heads * Width), Draw(random, Steps * Heads * Width));
        var (weights, y) = (new float[Steps], new float[Width]);
        for (var from = 0; from < q.Length; from += Width)
        {
            Attention.Attend(q.AsSpan(from, Width), K.AsSpan(from), V.AsSpan(from), Steps, q.Length, 0.2f, weights, y);
            var scores = Scores(q[from..], K[from..], Width, Steps, q.Length, []);
            var powers = scores.Select(s => Math.Exp((s - scores.Max()) * 0.2)).ToArray();
            double[] expected = Mixture([.. powers.Select(p => p / powers.Sum())], V[from..], Width, q.Length);
            Close.Row(expected, y, tolerance: 1e-6);
        }
    }

    [Fact]
    public void Logits_of_any_size_attend_to_the_largest()
    {
        float[] keys = [1e18f, 0, 2e18f, 0, -1e18f, 0];
        var (weights, y) = (new float[3], new float[2]);
        Attention.Attend([1e18f, 1], keys, [1, 2, 3, 4, 5, 6], steps: 3, stride: 2, scale: 0.7f, weights, y);
        Assert.Equal([3, 4], y);
        Assert.Equal([0, 1, 0], weights);
    }

    [Fact]
    public void Silu_attention_equals_its_equation_in_double_precision()
    {
        var random = new Random(4);
        foreach (var steps in new[] { 0, 1, 5, 16, 50, 200 })
        {
            var (q, bias) = (Draw(random, 16), Draw(random, steps));
            var (K, V) = (Draw(random, steps * 20), Draw(random, steps * 40));
            var (weights, y) = (new float[steps], new float[32]);
            Attention.AttendSilu(q, K, V, steps, keyStride: 20, valueStride: 40, bias, factor: 1f / 50, weights, y);
            var silu = Scores(q, K, 16, steps, 20, bias).Select(s => s / (1 + Math.Exp(-s)) / 50).ToArray();
            Close.Row(Mixture(silu, V, 32, 40), y, tolerance: 5e-6);
        }
    }

    [Fact]
    public void Rows_that_do_not_fit_are_refused()
    {
        var (weights, y) = (new float[4], new float[16]);
        Assert.Throws<ArgumentException>(() => Attention.Attend(new float[16], new float[63], new float[64], 4, 16, 1, weights, y));
        Assert.Throws<ArgumentException>(() => Attention.Attend(new float[16], new float[64], new float[63], 4, 16, 1, weights, y));
        Assert.Throws<ArgumentException>(() => Attention.Attend(new float[16], new float[64], new float[64], 4, 15, 1, weights, y));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (q, rows, weights, y) = (new float[32], new float[50 * 64], new float[50], new float[32]);
        Allocation.AssertNone(() =>
        {
            Attention.Attend(q, rows, rows, 50, 64, 1, weights, y);
            Attention.AttendSilu(q, rows, rows, 50, 64, 64, [], 1, weights, y);
        });
    }

    private static void CheckParts(string path, int width, int steps, int stride)
    {
        var random = new Random(width * 1000 + steps);
        var length = steps == 0 ? 0 : (steps - 1) * stride + width;
        var (q, rows, bias, w) = (Draw(random, width), Draw(random, length), Draw(random, width % 2 * steps), Draw(random, steps));
        using var memory = new GuardedMemory();
        var weights = memory.AtEnd<float>(new float[steps]);
        var y = memory.AtEnd<float>(new float[width]);
        _paths[path].Score(memory.AtEnd<float>(q), memory.AtEnd<float>(rows), steps, stride, memory.AtEnd<float>(bias), weights);
        // 257 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
        Close.Row(Scores(q, rows, width, steps, stride, bias), weights, tolerance: 2e-5);
        _paths[path].Mix(memory.AtEnd<float>(w), memory.AtEnd<float>(rows), steps, stride, y);
        Close.Row(Mixture([.. w.Select(v => (double)v)], rows, width, stride), y, tolerance: 2e-5);

        _paths[path].Score(memory.AtStart<float>(q), memory.AtStart<float>(rows), steps, stride, memory.AtStart<float>(bias), weights);
        var start = memory.AtStart<float>(y);
        _paths[path].Mix(memory.AtStart<float>(w), memory.AtStart<float>(rows), steps, stride, start);
        Assert.Equal(y, start);
    }

    private static double[] Scores(float[] q, float[] keys, int width, int steps, int stride, float[] bias) =>
    [
        .. Enumerable.Range(0, steps).Select(t =>
            (bias.Length == 0 ? 0 : bias[t]) + Enumerable.Range(0, width).Sum(i => (double)q[i] * keys[t * stride + i])),
    ];

    private static double[] Mixture(double[] weights, float[] values, int width, int stride) =>
        [.. Enumerable.Range(0, width).Select(i => weights.Select((w, t) => w * values[t * stride + i]).Sum())];

    private static float[] Draw(Random random, int length) => Vectors.Draw(random, length);
}
