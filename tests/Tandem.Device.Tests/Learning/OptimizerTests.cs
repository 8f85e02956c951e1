using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Tests;

namespace Tandem.Device.Tests.Learning;

public class OptimizerTests
{
    private static readonly Slice[] _slices = [new(1, 2), new(5, 3)];

    public static TheoryData<OptimizerKind> Kinds => [.. Enum.GetValues<OptimizerKind>()];

    [Fact]
    public void Sgd_goes_against_the_gradient() =>
        Assert.Equal([0, -0.5f, -1, 0, 0, 2.5f, -3, -3.5f], After(OptimizerKind.Sgd, steps: 1, rate: 0.5f, [9, 1, 2, 9, 9, -5, 6, 7]));

    [Fact]
    public void Adam_follows_its_equations_over_several_steps()
    {
        float[] gradient = [9, 1, -2, 9, 9, 0.01f, 6, 0];
        var weights = After(OptimizerKind.Adam, steps: 4, rate: 0.1f, gradient);
        var expected = gradient.Select((g, i) => _slices.Any(s => i >= s.Offset && i < s.Offset + s.Length) ? Oracle(g, steps: 4) : 0);
        foreach (var (oracle, weight) in expected.Zip(weights)) Assert.Equal(oracle, weight, tolerance: 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_allocates_nothing_after_the_first(OptimizerKind kind)
    {
        var (optimizer, gradient, weights) = (Optimizer.Of(kind, _slices), new float[8], new float[8]);
        Allocation.AssertNone(() => optimizer.Step(gradient, 0.1f, weights));
    }

    private static float[] After(OptimizerKind kind, int steps, float rate, float[] gradient)
    {
        var (optimizer, weights) = (Optimizer.Of(kind, _slices), new float[gradient.Length]);
        for (var i = 0; i < steps; i++) optimizer.Step(gradient, rate, weights);
        return weights;
    }

    private static double Oracle(double g, int steps)
    {
        var (m, v, w) = (0.0, 0.0, 0.0);
        for (var t = 1; t <= steps; t++)
        {
            (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
            w -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        }

        return w;
    }
}
