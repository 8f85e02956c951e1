using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>SASRec step by step in plain loops, with either kind of block.</summary>
internal sealed class SasRecOracle(PlainLayers layers, SasRecOptions options)
{
    private const double Epsilon = 1e-5; // torch's LayerNorm

    public static void AssertAgrees(SasRecOptions options)
    {
        using var backbone = new SasRec(options, new Noise(1));
        Values.Scatter(backbone, 0.6);
        backbone.eval();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, 5, options.Width);
        var expected = new SasRecOracle(new PlainLayers(backbone), options).States(PlainLayers.Rows(x));
        PlainLayers.AssertClose(expected, backbone.forward(x));
    }

    private double[][] States(double[][] x)
    {
        var (D, scale) = (options.Width, Math.Sqrt(options.Width));
        var h = x.Select((row, t) => row.Select((v, d) => v * scale + layers["position"][t * D + d]).ToArray()).ToArray();
        for (var block = 0; block < options.Blocks; block++)
        {
            var name = $"blocks.{block}";
            var attended = Attend(name, [.. h.Select(row => layers.Norm($"{name}.attention_norm", row, Epsilon))]);
            h = [.. h.Select((row, t) => Residual($"{name}.attention_gate", row, attended[t]))];
            h = [.. h.Select(row => Residual(
                $"{name}.feed_forward_gate", row, FeedForward(name, layers.Norm($"{name}.feed_forward_norm", row, Epsilon))))];
        }

        return [.. h.Select(row => layers.Norm("norm", row, Epsilon))];
    }

    private double[] Residual(string gate, double[] row, double[] change) =>
        options.Block == SasRecBlockKind.PreNorm
            ? PlainLayers.Add(row, change)
            : PlainLayers.Add(row, PlainLayers.Multiply([.. layers.Linear(gate, row).Select(PlainLayers.Sigmoid)], change));

    private double[][] Attend(string name, double[][] h)
    {
        var (D, F) = (options.Width, options.Width / options.Heads);
        var qkv = h.Select(row => layers.Linear($"{name}.qkv", row)).ToArray();
        var read = h.Select(_ => new double[D]).ToArray();
        for (var head = 0; head < options.Heads; head++)
        {
            double[] Part(int t, int which) => qkv[t][(which * D + head * F)..(which * D + (head + 1) * F)];
            for (var t = 0; t < h.Length; t++)
            {
                var weights = Enumerable.Range(0, t + 1).Select(s => Math.Exp(PlainLayers.Dot(Part(t, 0), Part(s, 1)) / Math.Sqrt(F)))
                    .ToArray();
                for (var f = 0; f < F; f++)
                    read[t][head * F + f] = Enumerable.Range(0, t + 1).Sum(s => weights[s] * Part(s, 2)[f]) / weights.Sum();
            }
        }

        return [.. read.Select(row => layers.Linear($"{name}.output", row))];
    }

    private double[] FeedForward(string name, double[] h)
    {
        var inner = layers.Linear($"{name}.expand", h);
        var half = inner.Length / 2;
        double[] activated = (options.Block, options.Activation) switch
        {
            (SasRecBlockKind.Ligr, _) => [.. Enumerable.Range(0, half).Select(i => PlainLayers.Silu(inner[i]) * inner[half + i])],
            (_, FeedForwardActivation.Gelu) => [.. inner.Select(v => v * Phi(v))],
            _ => [.. inner.Select(v => Math.Max(0, v))],
        };
        return layers.Linear($"{name}.contract", activated);
    }

    /// <summary>The standard normal distribution function by Simpson's rule from 0.</summary>
    private static double Phi(double x)
    {
        const int Parts = 2000;
        double Density(double t) => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI);
        var step = x / Parts;
        var sum = Enumerable.Range(0, Parts + 1).Sum(i => (i == 0 || i == Parts ? 1 : i % 2 == 1 ? 4 : 2) * Density(i * step));
        return 0.5 + sum * step / 3;
    }
}
