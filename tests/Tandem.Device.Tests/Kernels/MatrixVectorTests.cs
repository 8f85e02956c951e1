using Tandem.Device.Kernels;

namespace Tandem.Device.Tests.Kernels;

public class MatrixVectorTests
{
    [Fact]
    public void The_product_equals_a_scalar_loop_at_every_input_length() => CheckEach(inputs => (Rows: 5, inputs));

    [Fact]
    public void The_product_equals_a_scalar_loop_at_every_output_length() => CheckEach(rows => (rows, Inputs: 7));

    private static void CheckEach(Func<int, (int Rows, int Inputs)> shape)
    {
        var random = new Random(1);
        foreach (var length in Vectors.Lengths)
        {
            var (rows, inputs) = shape(length);
            var (W, b, x) = (Vectors.Draw(random, rows * inputs), Vectors.Draw(random, rows), Vectors.Draw(random, inputs));
            var y = new float[rows];
            MatrixVector.Multiply(W, b, x, y);
            // 257 terms of at most 1, each rounded to 2⁻²⁴ of the running sum.
            Vectors.AssertClose(Oracle(W, b, x), y, tolerance: 2e-5);
        }
    }

    private static double[] Oracle(float[] W, float[] b, float[] x)
    {
        var y = new double[b.Length];
        for (var o = 0; o < b.Length; o++)
        {
            y[o] = b[o];
            for (var i = 0; i < x.Length; i++) y[o] += (double)W[o * x.Length + i] * x[i];
        }

        return y;
    }
}
