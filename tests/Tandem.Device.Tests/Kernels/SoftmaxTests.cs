using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class SoftmaxTests
{
    private delegate void Kernel(ReadOnlySpan<float> x, Span<float> destination, float scale);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = Softmax.Apply,
        ["scalar"] = Softmax.Scalar,
        ["128"] = Softmax.Run<Lanes128>,
        ["256"] = Softmax.Run<Lanes256>,
        ["512"] = Softmax.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_softmax_equals_the_double_precision_one_at_every_length(string path)
    {
        var random = new Random(1);
        foreach (var length in Vectors.LengthsFromZero) Check(path, [.. Vectors.Draw(random, length).Select(v => v * 20)], scale: 0.5f);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Huge_logits_neither_overflow_nor_lose_the_largest(string path)
    {
        var x = new float[37];
        (x[5], x[36], x[7]) = (1e30f, 1e30f, -1e38f);
        var y = new float[37];
        _paths[path](x, y, 1);
        Assert.Equal((0.5f, 0.5f, 1f), (y[5], y[36], y.Sum()));
        Check(path, [.. Enumerable.Range(0, 50).Select(i => 1000f + i / 4f)], scale: 1);
        Check(path, [.. Enumerable.Range(0, 50).Select(i => -i * 3f)], scale: 1);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void In_place_gives_the_same_bits(string path)
    {
        var random = new Random(2);
        foreach (var length in Vectors.Lengths)
        {
            var x = Vectors.Draw(random, length);
            var expected = new float[length];
            _paths[path](x, expected, 1);
            _paths[path](x, x, 1);
            Assert.Equal(expected, x);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void NaN_makes_every_weight_NaN(string path)
    {
        foreach (var place in new[] { 0, 17, 39 })
        {
            var x = new float[40];
            x[place] = float.NaN;
            _paths[path](x, x, 1);
            Assert.All(x, weight => Assert.True(float.IsNaN(weight)));
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var x = new float[67];
        Allocation.AssertNone(() => Softmax.Apply(x, x));
    }

    private static void Check(string path, float[] x, float scale)
    {
        var max = x.Length == 0 ? 0 : x.Max();
        var sum = x.Sum(v => Math.Exp((v - (double)max) * scale));
        double[] expected = [.. x.Select(v => Math.Exp((v - (double)max) * scale) / sum)];
        using var memory = new GuardedMemory();
        var y = memory.AtEnd<float>(x);
        _paths[path](memory.AtEnd<float>(x), y, scale);
        // Exponents of up to 40 carry their own rounding, 40 · 2⁻²⁵, into the weight.
        Close.Row(expected, y, tolerance: 2e-6);
        var z = memory.AtStart<float>(x);
        _paths[path](z, z, scale);
        Assert.Equal(y, z);
    }
}
