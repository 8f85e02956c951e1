using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class LayerNormTests
{
    private delegate void Kernel(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> destination, float epsilon);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = LayerNorm.Normalize,
        ["scalar"] = LayerNorm.Scalar,
        ["128"] = LayerNorm.Run<Lanes128>,
        ["256"] = LayerNorm.Run<Lanes256>,
        ["512"] = LayerNorm.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_norm_equals_the_double_precision_one_at_every_length(string path)
    {
        var random = new Random(2);
        foreach (var length in Vectors.Lengths)
        {
            var (x, gamma, beta) = (Vectors.Draw(random, length), Vectors.Draw(random, length), Vectors.Draw(random, length));
            Check(path, x, gamma, beta, epsilon: 1e-5f);
            Check(path, x, [], beta, epsilon: 1e-3f);
            Check(path, x, gamma, [], epsilon: 1e-8f);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_destination_may_be_the_input_itself(string path)
    {
        var random = new Random(3);
        foreach (var length in Vectors.LengthsFromZero)
        {
            var (x, gamma, beta) = (Vectors.Draw(random, length), Vectors.Draw(random, length), Vectors.Draw(random, length));
            var expected = new float[length];
            _paths[path](x, gamma, beta, expected, 1e-5f);
            _paths[path](x, gamma, beta, x, 1e-5f);
            Assert.Equal(expected, x);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Equal_inputs_give_the_shift_alone(string path)
    {
        float[] beta = [.. Enumerable.Range(0, 32)];
        var y = new float[32];
        _paths[path]([.. Enumerable.Repeat(3f, 32)], [.. Enumerable.Repeat(7f, 32)], beta, y, 1e-5f);
        Assert.Equal(beta, y);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var x = new float[67];
        Allocation.AssertNone(() => LayerNorm.Normalize(x, x, x, x));
    }

    private static void Check(string path, float[] x, float[] gamma, float[] beta, float epsilon)
    {
        var mean = x.Average(v => (double)v);
        var variance = x.Average(v => (v - mean) * (v - mean));
        double[] expected =
        [
            .. x.Select((v, i) => (v - mean) / Math.Sqrt(variance + epsilon) * (gamma.Length == 0 ? 1 : gamma[i])
                + (beta.Length == 0 ? 0 : beta[i])),
        ];
        using var memory = new GuardedMemory();
        var y = memory.AtEnd<float>(x);
        _paths[path](memory.AtEnd<float>(x), memory.AtEnd<float>(gamma), memory.AtEnd<float>(beta), y, epsilon);
        // The mean's rounding, 2⁻²⁴, over a deviation of at least ε's root or some 0.01.
        Close.Row(expected, y, tolerance: 3e-5);
        var z = memory.AtStart<float>(x);
        _paths[path](z, memory.AtStart<float>(gamma), memory.AtStart<float>(beta), z, epsilon);
        Assert.Equal(y, z);
    }
}
