using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;
using Tandem.Tests;

namespace Tandem.Device.Tests.Kernels;

public class GruCellTests
{
    private delegate void Kernel(ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, Span<float> hidden);

    private static readonly Dictionary<string, Kernel> _paths = new()
    {
        ["dispatched"] = GruCell.Step,
        ["scalar"] = GruCell.Scalar,
        ["128"] = GruCell.Run<Lanes128>,
        ["256"] = GruCell.Run<Lanes256>,
        ["512"] = GruCell.Run<Lanes512>,
    };

    public static TheoryData<string> Paths => [.. _paths.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_step_equals_the_equations_in_double_precision_at_every_length(string path)
    {
        var random = new Random(1);
        foreach (var length in Vectors.LengthsFromZero)
        {
            float[] i = [.. Vectors.Draw(random, 3 * length).Select(v => v * 5)];
            float[] u = [.. Vectors.Draw(random, 3 * length).Select(v => v * 5)];
            Check(path, i, u, Vectors.Draw(random, length));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Saturated_gates_keep_or_replace_the_state_exactly(string path)
    {
        var hidden = Vectors.Draw(new Random(2), 40);
        float[] kept = [.. hidden];
        float[] huge = [.. Enumerable.Repeat(1e30f, 3 * 40)];
        _paths[path](huge, new float[3 * 40], kept);
        Assert.Equal(hidden, kept);

        huge.AsSpan(40, 40).Fill(-1e30f);
        _paths[path](huge, new float[3 * 40], kept);
        Assert.All(kept, value => Assert.Equal(1, value));
    }

    [Fact]
    public void Gates_that_do_not_fit_the_state_are_refused()
    {
        Assert.Throws<ArgumentException>(() => GruCell.Step(new float[95], new float[96], new float[32]));
        Assert.Throws<ArgumentException>(() => GruCell.Step(new float[96], new float[95], new float[32]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (gates, hidden) = (new float[3 * 67], new float[67]);
        Allocation.AssertNone(() => GruCell.Step(gates, gates, hidden));
    }

    private static void Check(string path, float[] i, float[] u, float[] hidden)
    {
        var H = hidden.Length;
        var expected = new double[H];
        for (var j = 0; j < H; j++)
        {
            var r = Sigmoid((double)i[j] + u[j]);
            var z = Sigmoid((double)i[H + j] + u[H + j]);
            var n = Math.Tanh(i[2 * H + j] + r * u[2 * H + j]);
            expected[j] = (1 - z) * n + z * hidden[j];
        }

        using var memory = new GuardedMemory();
        var atEnd = memory.AtEnd<float>(hidden);
        _paths[path](memory.AtEnd<float>(i), memory.AtEnd<float>(u), atEnd);
        // Arguments of up to 10 are rounded to 5e-7, which a slope of at most one passes on.
        Close.Row(expected, atEnd, tolerance: 2e-6);
        var atStart = memory.AtStart<float>(hidden);
        _paths[path](memory.AtStart<float>(i), memory.AtStart<float>(u), atStart);
        Assert.Equal(atEnd, atStart);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
