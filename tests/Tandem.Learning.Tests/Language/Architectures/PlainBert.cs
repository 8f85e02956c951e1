using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Tests.Language.Architectures;

/// <summary>BERT as loops over numbers in float64, from its published equations: slow, and without anything shared.</summary>
internal sealed class PlainBert(BertOptions options, IReadOnlyDictionary<string, float[]> weights)
{
    /// <summary>[T, D] states of a text.</summary>
    /// <param name="tokens">[T].</param>
    /// <param name="types">[T] kinds of the tokens; null for zeros.</param>
    public double[][] Read(int[] tokens, int[]? types = null)
    {
        double[][] h =
        [
            .. tokens.Select((token, t) => Norm("embeddings", Sum(
                Sum(Row("embeddings.word_embeddings", token), Row("embeddings.position_embeddings", t)),
                Row("embeddings.token_type_embeddings", types?[t] ?? 0)))),
        ];
        for (var i = 0; i < options.Blocks; i++)
        {
            var block = $"encoder.layer.{i}.";
            h = Attend(h, block + "attention.");
            h =
            [
                .. h.Select(x => Norm(block + "output", Sum(
                    x, Linear(block + "output.dense", Array.ConvertAll(Linear(block + "intermediate.dense", x), Activate))))),
            ];
        }

        return h;
    }

    /// <summary>[D] of the first state.</summary>
    public double[] Pool(double[][] states) => Array.ConvertAll(Linear("pooler.dense", states[0]), Math.Tanh);

    private double[][] Attend(double[][] x, string block)
    {
        var F = options.Width / options.Heads;
        double[][] Of(string part) => [.. x.Select(row => Linear($"{block}self.{part}", row))];
        var (q, k, v) = (Of("query"), Of("key"), Of("value"));
        return
        [
            .. x.Select((row, t) =>
            {
                var joined = new double[options.Width];
                for (var head = 0; head < options.Heads; head++)
                {
                    var scores = new double[x.Length];
                    for (var s = 0; s < x.Length; s++)
                    {
                        for (var f = head * F; f < (head + 1) * F; f++) scores[s] += q[t][f] * k[s][f];
                        scores[s] = Math.Exp(scores[s] / Math.Sqrt(F));
                    }

                    for (var s = 0; s < x.Length; s++)
                        for (var f = head * F; f < (head + 1) * F; f++) joined[f] += scores[s] / scores.Sum() * v[s][f];
                }

                return Norm(block + "output", Sum(row, Linear(block + "output.dense", joined)));
            }),
        ];
    }

    private double Activate(double x) => options.Activation switch
    {
        BertActivation.Relu => Math.Max(0, x),
        BertActivation.Gelu => x * NormalShare(x),
        _ => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
    };

    /// <summary>Φ: half, and the density from 0 on by Simpson's rule.</summary>
    private static double NormalShare(double x)
    {
        const int steps = 2_000;
        var sum = 0.0;
        for (var i = 0; i <= steps; i++)
        {
            var at = x * i / steps;
            sum += Math.Exp(-at * at / 2) * (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return 0.5 + sum * x / steps / 3 / Math.Sqrt(2 * Math.PI);
    }

    private double[] Norm(string layer, double[] x)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + options.NormEpsilon);
        var (weight, bias) = (weights[layer + ".LayerNorm.weight"], weights[layer + ".LayerNorm.bias"]);
        return [.. x.Select((value, i) => (value - mean) / deviation * weight[i] + bias[i])];
    }

    private double[] Linear(string layer, double[] x)
    {
        var (weight, bias) = (weights[layer + ".weight"], weights[layer + ".bias"]);
        var y = new double[bias.Length];
        for (var o = 0; o < y.Length; o++)
        {
            y[o] = bias[o];
            for (var i = 0; i < x.Length; i++) y[o] += x[i] * weight[o * x.Length + i];
        }

        return y;
    }

    private double[] Row(string table, int row) =>
        Array.ConvertAll(weights[table + ".weight"][(row * options.Width)..((row + 1) * options.Width)], value => (double)value);

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
