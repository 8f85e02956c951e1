using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class MatrixProductGradientTests
{
    private delegate void TimesKernel(ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, bool accumulate);

    private delegate void OuterKernel(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, Span<float> dw);

    private static readonly Dictionary<string, (TimesKernel Times, OuterKernel AddOuter)> _paths = new()
    {
        ["dispatched"] = (MatrixProduct.Times, MatrixProduct.AddOuter),
        ["scalar"] = (MatrixProduct.TimesScalar, MatrixProduct.AddOuterScalar),
        ["128"] = (MatrixProduct.Times<Lanes128>, MatrixProduct.AddOuter<Lanes128>),
        ["256"] = (MatrixProduct.Times<Lanes256>, MatrixProduct.AddOuter<Lanes256>),
        ["512"] = (MatrixProduct.Times<Lanes512>, MatrixProduct.AddOuter<Lanes512>),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Gradients_equal_the_sums_in_double_precision(string path)
    {
        for (var inputs = 1; inputs <= 70; inputs++)
            foreach (var outputs in new[] { 1, 3, 4, 9 }) Check(path, steps: 1 + inputs % 6, inputs, outputs);
        for (var outputs = 1; outputs <= 40; outputs++) Check(path, steps: 5, inputs: 17, outputs);
        for (var steps = 0; steps <= 20; steps++) Check(path, steps, inputs: 33, outputs: 6);
        Check(path, steps: 50, inputs: 64, outputs: 192);
        Check(path, steps: 7, inputs: 256, outputs: 256);
    }

    [Fact]
    public void The_gradient_of_the_bias_is_the_sum_of_the_rows()
    {
        float[] db = [1, 2];
        MatrixProduct.AddRows([1, 10, 2, 20, 3, 30], db);
        Assert.Equal([7, 62], db);
        Assert.Throws<ArgumentException>(() => MatrixProduct.AddRows([1, 10, 2], db));
    }

    [Fact]
    public void Sizes_of_no_layer_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.Times(new float[63], new float[64], new float[32]));
        Assert.Throws<ArgumentException>(() => MatrixProduct.AddOuter(new float[63], new float[64], new float[32]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (dy, x, W, b) = (new float[5 * 9], new float[5 * 33], new float[9 * 33], new float[9]);
        Allocation.AssertNone(() =>
        {
            MatrixProduct.Times(dy, W, x);
            MatrixProduct.AddOuter(dy, x, W);
            MatrixProduct.AddRows(dy, b);
        });
    }

    private static void Check(string path, int steps, int inputs, int outputs)
    {
        var random = new Random(inputs * 1000 + outputs);
        var accumulate = inputs % 2 == 0;
        var (dy, W) = (Vectors.Draw(random, steps * outputs), Vectors.Draw(random, outputs * inputs));
        var x = Vectors.Draw(random, steps * inputs);
        var (dx, dw) = (new double[x.Length], W.Select(v => (double)v).ToArray());
        for (var t = 0; t < steps; t++)
        {
            for (var i = 0; i < inputs; i++)
            {
                dx[t * inputs + i] = accumulate ? x[t * inputs + i] : 0;
                for (var o = 0; o < outputs; o++) dx[t * inputs + i] += (double)dy[t * outputs + o] * W[o * inputs + i];
                for (var o = 0; o < outputs; o++) dw[o * inputs + i] += (double)dy[t * outputs + o] * x[t * inputs + i];
            }
        }

        using var memory = new GuardedMemory();
        var times = memory.AtEnd<float>(x);
        _paths[path].Times(memory.AtEnd<float>(dy), memory.AtEnd<float>(W), times, accumulate);
        // 256 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
        Close.Row(dx, times, tolerance: 2e-5);
        var start = memory.AtStart<float>(x);
        _paths[path].Times(memory.AtStart<float>(dy), memory.AtStart<float>(W), start, accumulate);
        Assert.Equal(times, start);

        var outer = memory.AtEnd<float>(W);
        _paths[path].AddOuter(memory.AtEnd<float>(dy), memory.AtEnd<float>(x), outer);
        Close.Row(dw, outer, tolerance: 2e-5);
        start = memory.AtStart<float>(W);
        _paths[path].AddOuter(memory.AtStart<float>(dy), memory.AtStart<float>(x), start);
        Assert.Equal(outer, start);
    }
}
