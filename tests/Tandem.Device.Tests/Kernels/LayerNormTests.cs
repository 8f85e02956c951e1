using Tandem.Device.Kernels;

namespace Tandem.Device.Tests.Kernels;

public class LayerNormTests
{
    [Fact]
    public void The_norm_equals_a_scalar_loop_at_every_length()
    {
        var random = new Random(2);
        foreach (var length in Vectors.Lengths)
        {
            var (x, gamma, beta) = (Vectors.Draw(random, length), Vectors.Draw(random, length), Vectors.Draw(random, length));
            var y = new float[length];
            LayerNorm.Normalize(x, gamma, beta, y);
            Vectors.AssertClose(Oracle(x, gamma, beta), y, tolerance: 2e-5);
        }
    }

    [Fact]
    public void The_destination_may_be_the_input_itself()
    {
        var random = new Random(3);
        foreach (var length in Vectors.Lengths)
        {
            var (x, gamma, beta) = (Vectors.Draw(random, length), Vectors.Draw(random, length), Vectors.Draw(random, length));
            var expected = new float[length];
            LayerNorm.Normalize(x, gamma, beta, expected);
            LayerNorm.Normalize(x, gamma, beta, x);
            Assert.Equal(expected, x);
        }
    }

    [Fact]
    public void Equal_inputs_give_the_shift_alone()
    {
        var y = new float[4];
        LayerNorm.Normalize([3, 3, 3, 3], [7, 7, 7, 7], [1, 2, 3, 4], y);
        Assert.Equal([1, 2, 3, 4], y);
    }

    private static double[] Oracle(float[] x, float[] gamma, float[] beta)
    {
        var mean = x.Average(v => (double)v);
        var variance = x.Average(v => (v - mean) * (v - mean));
        return [.. x.Select((v, i) => (v - mean) / Math.Sqrt(variance + 1e-5) * gamma[i] + beta[i])];
    }
}
