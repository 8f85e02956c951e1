using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Tests.Language.Architectures;

/// <summary>T5 as loops over numbers in float64, from its published equations: slow, and without anything shared.</summary>
internal sealed class PlainT5(T5Options options, T5 model)
{
    private readonly Dictionary<string, double[]> _weights = model.named_parameters()
        .ToDictionary(p => p.name, p => Array.ConvertAll(Values.Of(p.parameter), v => (double)v));

    /// <summary>[V] logits of what follows the last written token.</summary>
    public double[] Logits(int[] tokens, int[] written)
    {
        var source = Embed(tokens);
        for (var i = 0; i < options.EncoderBlocks; i++)
        {
            var layer = $"encoder.block.{i}.layer.";
            source = Attend(source, null, layer + "0.", "SelfAttention", Bias("encoder", bothWays: true));
            source = FeedForward(source, layer + "1.");
        }

        source = [.. source.Select(x => Norm(x, "encoder.final_layer_norm.weight"))];
        var h = Embed(written);
        for (var i = 0; i < options.DecoderBlocks; i++)
        {
            var layer = $"decoder.block.{i}.layer.";
            h = Attend(h, null, layer + "0.", "SelfAttention", Bias("decoder", bothWays: false));
            h = Attend(h, source, layer + "1.", "EncDecAttention", (_, _, _) => 0);
            h = FeedForward(h, layer + "2.");
        }

        var last = Norm(h[^1], "decoder.final_layer_norm.weight");
        return options.TiedEmbeddings
            ? Linear([.. last.Select(v => v / Math.Sqrt(options.Width))], "shared")
            : Linear(last, "lm_head");
    }

    private double[][] Embed(int[] tokens) =>
        [.. tokens.Select(t => _weights["shared.weight"][(t * options.Width)..((t + 1) * options.Width)])];

    /// <summary>Head, query, key → bias; −∞ where a decoder looks ahead.</summary>
    private Func<int, int, int, double> Bias(string stack, bool bothWays) => (head, q, k) => !bothWays && k > q
        ? double.NegativeInfinity
        : _weights[$"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"][Bucket(k - q, bothWays) * options.Heads + head];

    /// <summary>Near distances each have one, far ones by the logarithm.</summary>
    private int Bucket(int relative, bool bothWays)
    {
        var buckets = bothWays ? options.Buckets / 2 : options.Buckets;
        var first = bothWays && relative > 0 ? buckets : 0;
        var distance = Math.Abs(relative);
        var near = buckets / 2;
        if (distance < near) return first + distance;
        var far = Math.Log(distance / (double)near) / Math.Log(options.FarthestDistance / (double)near) * (buckets - near);
        return first + Math.Min(near + (int)far, buckets - 1);
    }

    private double[][] Attend(double[][] x, double[][]? source, string layer, string name, Func<int, int, int, double> bias)
    {
        var F = options.HeadWidth;
        double[][] normed = [.. x.Select(row => Norm(row, layer + "layer_norm.weight"))];
        double[][] q = [.. normed.Select(r => Linear(r, $"{layer}{name}.q"))];
        double[][] k = [.. (source ?? normed).Select(r => Linear(r, $"{layer}{name}.k"))];
        double[][] v = [.. (source ?? normed).Select(r => Linear(r, $"{layer}{name}.v"))];
        return [.. x.Select((row, t) =>
        {
            var joined = new double[options.Heads * F];
            for (var head = 0; head < options.Heads; head++)
            {
                var first = head * F;
                var scores = k.Select((key, s) => Dot(q[t].AsSpan(first, F), key.AsSpan(first, F)) + bias(head, t, s)).ToArray();
                var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var s = 0; s < v.Length; s++)
                    for (var f = 0; f < F; f++) joined[first + f] += weights[s] / weights.Sum() * v[s][first + f];
            }

            return row.Zip(Linear(joined, $"{layer}{name}.o"), (a, b) => a + b).ToArray();
        })];
    }

    private double[][] FeedForward(double[][] x, string layer) => [.. x.Select(row =>
    {
        var normed = Norm(row, layer + "layer_norm.weight");
        var name = layer + "DenseReluDense.";
        var inner = options.FeedForward == T5FeedForwardKind.Relu
            ? Linear(normed, name + "wi").Select(v => Math.Max(0, v))
            : Linear(normed, name + "wi_0").Select(Gate).Zip(Linear(normed, name + "wi_1"), (g, u) => g * u);
        return row.Zip(Linear([.. inner], name + "wo"), (a, b) => a + b).ToArray();
    })];

    private double Gate(double v) => options.FeedForward == T5FeedForwardKind.GatedSilu
        ? v / (1 + Math.Exp(-v))
        : 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)));

    private double[] Norm(double[] x, string name)
    {
        var scale = 1 / Math.Sqrt(x.Select(v => v * v).Average() + options.NormEpsilon);
        return [.. x.Zip(_weights[name], (v, w) => v * scale * w)];
    }

    private double[] Linear(double[] x, string name)
    {
        var weights = _weights[name + ".weight"];
        return [.. Enumerable.Range(0, weights.Length / x.Length).Select(o => Dot(weights.AsSpan(o * x.Length, x.Length), x))];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
