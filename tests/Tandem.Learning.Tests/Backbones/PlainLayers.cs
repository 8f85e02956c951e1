using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The layers of a module in plain loops over doubles, for oracles: weights are asked for by name.</summary>
internal sealed class PlainLayers(nn.Module module)
{
    private readonly SortedDictionary<string, float[]> _weights = Values.Of(module);

    public float[] this[string name] => _weights[name];

    /// <summary>W x + b; without b where the module has none.</summary>
    public double[] Linear(string name, double[] x) =>
        Affine(_weights[$"{name}.weight"], _weights.GetValueOrDefault($"{name}.bias"), x);

    /// <param name="W">[O, I] row-major.</param>
    /// <param name="b">[O] or null.</param>
    /// <param name="x">[I].</param>
    public static double[] Affine(float[] W, float[]? b, double[] x)
    {
        var y = new double[W.Length / x.Length];
        for (var o = 0; o < y.Length; o++)
        {
            y[o] = b?[o] ?? 0;
            for (var i = 0; i < x.Length; i++) y[o] += W[o * x.Length + i] * x[i];
        }

        return y;
    }

    public double[] Norm(string name, double[] x, double epsilon) =>
        [.. Norm(x, epsilon).Select((v, i) => v * _weights[$"{name}.weight"][i] + _weights[$"{name}.bias"][i])];

    public static double[] Norm(double[] x, double epsilon)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. x.Select(v => (v - mean) / deviation)];
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Silu(double x) => x * Sigmoid(x);

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    public static double[] Add(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    public static double[] Multiply(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a * b)];

    /// <summary>
    /// Asserts that a row of states equals what an oracle gives, within 1e-5: float32 sums of a few dozen terms around 1.
    /// </summary>
    public static void AssertClose(double[][] expected, Tensor states)
    {
        for (var t = 0; t < expected.Length; t++)
            Close.Row([.. expected[t].Select(v => (float)v)], Values.Of(states[0, t]), tolerance: 1e-5);
    }

    /// <summary>[T][D] row 0 of a tensor.</summary>
    public static double[][] Rows(Tensor x) =>
        [.. Enumerable.Range(0, (int)x.shape[1]).Select(t => Array.ConvertAll(Values.Of(x[0, t]), v => (double)v))];
}
