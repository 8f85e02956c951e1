using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class MatrixVectorTests
{
    private delegate void Kernel(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> destination, bool accumulate);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = static (weights, bias, x, destination, accumulate) =>
        {
            if (accumulate) MatrixVector.Accumulate(weights, bias, x, destination);
            else MatrixVector.Multiply(weights, bias, x, destination);
        },
        ["scalar"] = MatrixVector.Scalar,
        ["128"] = MatrixVector.Run<Lanes128>,
        ["256"] = MatrixVector.Run<Lanes256>,
        ["512"] = MatrixVector.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_product_equals_the_sum_in_double_precision_at_every_length(string path)
    {
        foreach (var length in Vectors.LengthsFromZero)
        {
            Check(path, rows: 13, length, hasBias: true, accumulate: false);
            Check(path, length, inputs: 21, hasBias: false, accumulate: true);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_product_equals_the_sum_in_double_precision_at_every_small_shape(string path)
    {
        for (var rows = 1; rows <= 17; rows++)
        {
            for (var inputs = 1; inputs <= 70; inputs++)
                Check(path, rows, inputs, hasBias: rows % 2 == 0, accumulate: inputs % 2 == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_row_gives_the_same_bits_wherever_it_stands(string path)
    {
        var random = new Random(5);
        foreach (var inputs in new[] { 3, 16, 37, 50, 64, 200 })
        {
            var (row, x) = (Vectors.Draw(random, inputs), Vectors.Draw(random, inputs));
            var y = new float[15];
            _paths[path]([.. Enumerable.Repeat(row, y.Length).SelectMany(r => r)], [], x, y, accumulate: false);
            Assert.Single(y.Distinct());
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_row_of_zeros_gives_the_bias_and_huge_weights_stay_in_their_row(string path)
    {
        var weights = new float[9 * 20];
        weights.AsSpan(4 * 20, 20).Fill(float.MaxValue);
        var y = new float[9];
        _paths[path](weights, [1, 2, 3, 4, 5, 6, 7, 8, 9], [.. Enumerable.Repeat(2f, 20)], y, accumulate: false);
        Assert.Equal([1, 2, 3, 4, float.PositiveInfinity, 6, 7, 8, 9], y);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MatrixVector.Multiply(new float[63], [], new float[16], new float[4]));
        Assert.Throws<ArgumentException>(() => MatrixVector.Multiply(new float[64], new float[3], new float[16], new float[4]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (weights, bias, x, y) = (new float[64 * 64], new float[64], new float[64], new float[64]);
        Allocation.AssertNone(() =>
        {
            MatrixVector.Multiply(weights, bias, x, y);
            MatrixVector.Accumulate(weights, bias, x, y);
        });
    }

    private static void Check(string path, int rows, int inputs, bool hasBias, bool accumulate)
    {
        var random = new Random(rows * 1000 + inputs);
        var (W, b, x) = (Vectors.Draw(random, rows * inputs), Vectors.Draw(random, hasBias ? rows : 0), Vectors.Draw(random, inputs));
        var before = Vectors.Draw(random, rows);
        var expected = Oracle(W, b, x, accumulate ? before : new float[rows]);
        using var memory = new GuardedMemory();
        var y = memory.AtEnd<float>(before);
        _paths[path](memory.AtEnd<float>(W), memory.AtEnd<float>(b), memory.AtEnd<float>(x), y, accumulate);
        // 257 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
        Close.Row(expected, y, tolerance: 2e-5);
        before.CopyTo(y);
        _paths[path](memory.AtStart<float>(W), memory.AtStart<float>(b), memory.AtStart<float>(x), y, accumulate);
        Close.Row(expected, y, tolerance: 2e-5);
    }

    private static double[] Oracle(float[] W, float[] b, float[] x, float[] before)
    {
        var y = new double[before.Length];
        for (var o = 0; o < y.Length; o++)
        {
            y[o] = (b.Length == 0 ? 0 : b[o]) + before[o];
            for (var i = 0; i < x.Length; i++) y[o] += (double)W[o * x.Length + i] * x[i];
        }

        return y;
    }
}
