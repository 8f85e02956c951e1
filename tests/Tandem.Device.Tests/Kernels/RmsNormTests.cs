using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class RmsNormTests
{
    private delegate void Kernel(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> destination, float epsilon);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = RmsNorm.Normalize,
        ["scalar"] = RmsNorm.Scalar,
        ["128"] = RmsNorm.Run<Lanes128>,
        ["256"] = RmsNorm.Run<Lanes256>,
        ["512"] = RmsNorm.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_norm_equals_the_double_precision_one_at_every_length(string path)
    {
        var random = new Random(2);
        foreach (var length in Vectors.Lengths)
        {
            Check(path, Vectors.Draw(random, length), Vectors.Draw(random, length));
            Check(path, Vectors.Draw(random, length), []);
            Check(path, new float[length], []);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var x = new float[67];
        Allocation.AssertNone(() => RmsNorm.Normalize(x, x, x));
    }

    private static void Check(string path, float[] x, float[] gamma)
    {
        var root = Math.Sqrt(x.Average(v => (double)v * v) + 1e-6f);
        double[] expected = [.. x.Select((v, i) => v / root * (gamma.Length == 0 ? 1 : gamma[i]))];
        using var memory = new GuardedMemory();
        var y = memory.AtEnd<float>(x);
        _paths[path](memory.AtEnd<float>(x), memory.AtEnd<float>(gamma), y, 1e-6f);
        // A sum of squares has no cancellation: some roundings of a value of at most √n.
        Close.Row(expected, y, tolerance: 1e-5);
        var z = memory.AtStart<float>(x);
        _paths[path](z, memory.AtStart<float>(gamma), z, 1e-6f);
        Assert.Equal(y, z);
    }
}
