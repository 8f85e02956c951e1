using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class MatrixProductTests
{
    private delegate void Kernel(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> destination, bool accumulate);

    private static readonly Dictionary<string, (Kernel Product, Kernel Row)> _paths = new()
    {
        ["dispatched"] = (MatrixProduct.TimesTransposed, (x, W, b, y, accumulate) => MatrixVector.Multiply(W, b, x, y)),
        ["scalar"] = (MatrixProduct.Scalar, (x, W, b, y, accumulate) => MatrixVector.Scalar(W, b, x, y, accumulate)),
        ["128"] = (MatrixProduct.Run<Lanes128>, (x, W, b, y, accumulate) => MatrixVector.Run<Lanes128>(W, b, x, y, accumulate)),
        ["256"] = (MatrixProduct.Run<Lanes256>, (x, W, b, y, accumulate) => MatrixVector.Run<Lanes256>(W, b, x, y, accumulate)),
        ["512"] = (MatrixProduct.Run<Lanes512>, (x, W, b, y, accumulate) => MatrixVector.Run<Lanes512>(W, b, x, y, accumulate)),
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_product_equals_the_sums_in_double_precision(string path)
    {
        for (var inputs = 1; inputs <= 70; inputs++)
        {
            for (var outputs = 1; outputs <= 9; outputs += 2)
                Check(path, steps: 1 + inputs % 5, inputs, outputs);
        }

        for (var outputs = 1; outputs <= 70; outputs++) Check(path, steps: 3, inputs: 17, outputs);
        for (var steps = 0; steps <= 20; steps++) Check(path, steps, inputs: 33, outputs: 6);
        Check(path, steps: 50, inputs: 64, outputs: 192);
        Check(path, steps: 7, inputs: 256, outputs: 256);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_row_equals_the_product_of_the_matrix_with_it_alone_to_the_bit(string path)
    {
        foreach (var (steps, inputs, outputs) in new[] { (1, 64, 64), (5, 64, 192), (6, 50, 37), (4, 9, 5), (3, 200, 64), (2, 3, 4) })
        {
            var random = new Random(inputs);
            var (x, W, b) = (Vectors.Draw(random, steps * inputs), Vectors.Draw(random, outputs * inputs), Vectors.Draw(random, outputs));
            var (y, row) = (new float[steps * outputs], new float[outputs]);
            _paths[path].Product(x, W, b, y, accumulate: false);
            for (var t = 0; t < steps; t++)
            {
                _paths[path].Row(x.AsSpan(t * inputs, inputs), W, b, row, accumulate: false);
                Assert.Equal(row, y.AsSpan(t * outputs, outputs));
            }
        }
    }

    [Fact]
    public void Sizes_of_no_layer_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.TimesTransposed(new float[63], new float[64], [], new float[32]));
        Assert.Throws<ArgumentException>(() => MatrixProduct.TimesTransposed(new float[64], [], [], new float[32]));
        Assert.Throws<ArgumentException>(() => MatrixProduct.TimesTransposed(new float[64], new float[256], new float[15], new float[64]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (x, W, b, y) = (new float[3 * 33], new float[9 * 33], new float[9], new float[3 * 9]);
        Allocation.AssertNone(() => MatrixProduct.TimesTransposed(x, W, b, y));
    }

    private static void Check(string path, int steps, int inputs, int outputs)
    {
        var random = new Random(inputs * 1000 + outputs);
        var accumulate = inputs % 2 == 0;
        var (x, W) = (Vectors.Draw(random, steps * inputs), Vectors.Draw(random, outputs * inputs));
        var (b, before) = (Vectors.Draw(random, outputs * (outputs % 3 % 2)), Vectors.Draw(random, steps * outputs));
        var expected = Oracle(x, W, b, accumulate ? before : new float[before.Length], steps, inputs, outputs);
        using var memory = new GuardedMemory();
        var y = memory.AtEnd<float>(before);
        _paths[path].Product(memory.AtEnd<float>(x), memory.AtEnd<float>(W), memory.AtEnd<float>(b), y, accumulate);
        // 256 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
        Close.Row(expected, y, tolerance: 2e-5);
        var start = memory.AtStart<float>(before);
        _paths[path].Product(memory.AtStart<float>(x), memory.AtStart<float>(W), memory.AtStart<float>(b), start, accumulate);
        Assert.Equal(y, start);
    }

    private static double[] Oracle(float[] x, float[] W, float[] b, float[] before, int steps, int inputs, int outputs)
    {
        var y = new double[steps * outputs];
        for (var t = 0; t < steps; t++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var sum = (double)before[t * outputs + o] + (b.Length == 0 ? 0 : b[o]);
                for (var i = 0; i < inputs; i++) sum += (double)x[t * inputs + i] * W[o * inputs + i];
                y[t * outputs + o] = sum;
            }
        }

        return y;
    }
}
