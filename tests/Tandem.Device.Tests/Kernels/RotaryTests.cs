using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class RotaryTests
{
    private delegate void Kernel(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = Rotary.Rotate,
        ["scalar"] = Rotary.Scalar,
        ["128"] = Rotary.Run<Lanes128>,
        ["256"] = Rotary.Run<Lanes256>,
        ["512"] = Rotary.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Each_pair_of_every_head_is_turned_by_its_angle(string path)
    {
        var random = new Random(1);
        for (var F = 2; F <= 70; F += 2)
        {
            foreach (var heads in new[] { 1, 3, 5 })
            {
                var (x, angles) = (Vectors.Draw(random, heads * F), Vectors.Draw(random, F / 2));
                var expected = new double[x.Length];
                for (var i = 0; i < x.Length; i += 2)
                {
                    var (sin, cos) = Math.SinCos(angles[i % F / 2]);
                    (expected[i], expected[i + 1]) = (x[i] * cos - x[i + 1] * sin, x[i] * sin + x[i + 1] * cos);
                }

                float[] cosines = [.. Enumerable.Range(0, F).Select(f => MathF.Cos(angles[f / 2]))];
                float[] sines = [.. Enumerable.Range(0, F).Select(f => MathF.Sin(angles[f / 2]) * (f % 2 == 0 ? -1 : 1))];
                using var memory = new GuardedMemory();
                var atEnd = memory.AtEnd<float>(x);
                _paths[path](atEnd, memory.AtEnd<float>(cosines), memory.AtEnd<float>(sines));
                Close.Row(expected, atEnd, tolerance: 3e-7);
                var atStart = memory.AtStart<float>(x);
                _paths[path](atStart, memory.AtStart<float>(cosines), memory.AtStart<float>(sines));
                Assert.Equal(atEnd, atStart);
            }
        }
    }

    [Fact]
    public void Lengths_that_are_no_heads_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Rotary.Rotate(new float[33], new float[16], new float[16]));
        Assert.Throws<ArgumentException>(() => Rotary.Rotate(new float[32], new float[16], new float[8]));
        Assert.Throws<ArgumentException>(() => Rotary.Rotate(new float[9], new float[3], new float[3]));
    }
}
