using Tandem.Learning.Language.Architectures;

namespace Tandem.Learning.Tests.Language.Architectures;

/// <summary>The same network as loops over numbers in float64, from its published equations: slow, and without anything shared.</summary>
internal sealed class PlainLlama
{
    private readonly LlamaOptions _options;
    private readonly Dictionary<string, double[]> _weights;
    private readonly int _headWidth, _keyHeads;

    public PlainLlama(LlamaOptions options, Llama model)
    {
        (_options, _headWidth) = (options, options.HeadWidth ?? options.Width / options.Heads);
        _keyHeads = options.KeyValueHeads ?? options.Heads;
        _weights = model.named_parameters().ToDictionary(p => p.name, p => Array.ConvertAll(Values.Of(p.parameter), v => (double)v));
    }

    /// <summary>[V] logits of what follows the last token.</summary>
    public double[] Logits(int[] tokens)
    {
        var embedding = _weights["model.embed_tokens.weight"];
        var D = _options.Width;
        double[][] h = [.. tokens.Select(token => embedding[(token * D)..((token + 1) * D)])];
        for (var i = 0; i < _options.Blocks; i++)
        {
            var block = $"model.layers.{i}.";
            h = Add(h, Attend([.. h.Select(x => Norm(x, block + "input_layernorm.weight"))], block + "self_attn."));
            h = Add(h, [.. h.Select(x => FeedForward(Norm(x, block + "post_attention_layernorm.weight"), block + "mlp."))]);
        }

        var head = _options.TiedEmbeddings ? "model.embed_tokens" : "lm_head";
        return Linear(Norm(h[^1], "model.norm.weight"), head);
    }

    private double[][] Attend(double[][] x, string name)
    {
        var (F, group) = (_headWidth, _options.Heads / _keyHeads);
        double[][] q = [.. x.Select(r => Linear(r, name + "q_proj"))], k = [.. x.Select(r => Linear(r, name + "k_proj"))];
        double[][] v = [.. x.Select(r => Linear(r, name + "v_proj"))];
        double[][] joined = [.. x.Select(_ => new double[_options.Heads * F])];
        for (var head = 0; head < _options.Heads; head++)
        {
            for (var t = 0; t < x.Length; t++)
            {
                var own = Turn(Head(q[t], head, name + "q_norm.weight"), t);
                var scores = Enumerable.Range(0, t + 1).Select(s =>
                    Dot(own, Turn(Head(k[s], head / group, name + "k_norm.weight"), s)) / Math.Sqrt(F)).ToArray();
                var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var s = 0; s <= t; s++)
                    for (var f = 0; f < F; f++) joined[t][head * F + f] += weights[s] / weights.Sum() * v[s][head / group * F + f];
            }
        }

        return [.. joined.Select(row => Linear(row, name + "o_proj"))];
    }

    private double[] Head(double[] row, int head, string norm)
    {
        var part = row[(head * _headWidth)..((head + 1) * _headWidth)];
        return _options.HeadNorms ? Norm(part, norm) : part;
    }

    private double[] Turn(double[] x, int step)
    {
        var half = x.Length / 2;
        var turned = new double[x.Length];
        for (var i = 0; i < half; i++)
        {
            var angle = step * Frequency(i);
            turned[i] = x[i] * Math.Cos(angle) - x[i + half] * Math.Sin(angle);
            turned[i + half] = x[i + half] * Math.Cos(angle) + x[i] * Math.Sin(angle);
        }

        return turned;
    }

    /// <summary>By wavelengths, as the model card of Llama 3.1 tells it.</summary>
    private double Frequency(int i)
    {
        var frequency = 1 / Math.Pow(_options.RopeBase, 2.0 * i / _headWidth);
        if (_options.RopeScaling is not { } scaling) return frequency;
        if (scaling.Kind == RopeScalingKind.Linear) return frequency / scaling.Factor;
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < scaling.OriginalSteps / scaling.ManyTurns) return frequency;
        if (wavelength > scaling.OriginalSteps / scaling.FewTurns) return frequency / scaling.Factor;
        var smooth = (scaling.OriginalSteps / wavelength - scaling.FewTurns) / (scaling.ManyTurns - scaling.FewTurns);
        return (1 - smooth) * frequency / scaling.Factor + smooth * frequency;
    }

    private double[] FeedForward(double[] x, string name)
    {
        var (gate, up) = (Linear(x, name + "gate_proj"), Linear(x, name + "up_proj"));
        return Linear([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], name + "down_proj");
    }

    private double[] Norm(double[] x, string name)
    {
        var scale = 1 / Math.Sqrt(x.Select(v => v * v).Average() + _options.NormEpsilon);
        return [.. x.Zip(_weights[name], (v, w) => v * scale * w)];
    }

    private double[] Linear(double[] x, string name)
    {
        var (weights, biases) = (_weights[name + ".weight"], _weights.GetValueOrDefault(name + ".bias"));
        return [.. Enumerable.Range(0, weights.Length / x.Length).Select(
            o => Dot(weights.AsSpan(o * x.Length, x.Length).ToArray(), x) + (biases?[o] ?? 0))];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
