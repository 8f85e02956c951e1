using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// softmax(Q Kᵀ / √F) V in H heads with rotary positions. H / N neighbouring heads read the same of the N keys and values.
/// </summary>
internal sealed class LlamaAttention : nn.Module
{
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly int _headWidth;
    private readonly float[] _frequencies; // [F/2]

    [ComponentName(Name = "q_proj")] private readonly SlotLinear _query;
    [ComponentName(Name = "k_proj")] private readonly SlotLinear _key;
    [ComponentName(Name = "v_proj")] private readonly SlotLinear _value;
    [ComponentName(Name = "o_proj")] private readonly SlotLinear _output;
    [ComponentName(Name = "q_norm")] private readonly RmsNorm? _queryNorm;
    [ComponentName(Name = "k_norm")] private readonly RmsNorm? _keyNorm;

    public LlamaAttention(LlamaOptions options) : base(nameof(LlamaAttention))
    {
        (_heads, _keyHeads, _headWidth) = (options.Heads, options.EffectiveKeyValueHeads, options.EffectiveHeadWidth);
        _frequencies = [.. Rope.Frequencies(_headWidth, options.RopeBase, options.RopeScaling).Select(f => (float)f)];
        var (width, queries, keys) = (options.Width, _heads * _headWidth, _keyHeads * _headWidth);
        _query = Linears.Uniform(width, queries, options.QueryKeyValueBias, options.Unfilled);
        _key = Linears.Uniform(width, keys, options.QueryKeyValueBias, options.Unfilled);
        _value = Linears.Uniform(width, keys, options.QueryKeyValueBias, options.Unfilled);
        _output = Linears.Uniform(queries, width, options.OutputBias, options.Unfilled);
        if (options.HeadNorms) (_queryNorm, _keyNorm) = (HeadNorm(options), HeadNorm(options));
        RegisterComponents();
    }

    /// <summary>Whole sequences: a step sees itself and the steps before it.</summary>
    /// <param name="x">[B, T, D], from step 0.</param>
    /// <param name="cache">Receives keys and values, each [B, N, T, F]; or null.</param>
    /// <param name="lastOnly">True for the last step's answer alone. Default false.</param>
    /// <param name="causal">[B, 1, T, T], −∞ where a step does not see another; null, the default, where it sees all before it.</param>
    /// <returns>[B, T or 1, D].</returns>
    public Tensor Forward(Tensor x, LayerCache? cache, bool lastOnly = false, Tensor? causal = null)
    {
        using var scope = NewDisposeScope();
        var T = x.shape[1];
        var (cos, sin) = Rope.Angles(0, (int)T, _frequencies, x.dtype, x.device);
        var k = Rope.Rotate(Keys(x), cos, sin);                                         // [B, N, T, F]
        var v = Split(_value.forward(x), _keyHeads);
        cache?.SetPrompt(k, v);
        if (lastOnly)
        {
            (x, cos, sin) = (x.narrow(1, T - 1, 1), cos.narrow(0, T - 1, 1), sin.narrow(0, T - 1, 1));
            causal = causal?.narrow(2, T - 1, 1);
        }

        var q = Rope.Rotate(Queries(x), cos, sin);                                      // [B, H, T or 1, F]
        var attended = nn.functional.scaled_dot_product_attention(
            q, ForEachHead(k), ForEachHead(v), causal, is_casual: causal is null && !lastOnly);
        return _output.forward(Join(attended)).MoveToOuterDisposeScope();
    }

    /// <summary>One further step of W beams that share a prompt. A beam sees the prompt, its own earlier steps and itself.</summary>
    /// <param name="x">[B, W, D], the newest token of each beam.</param>
    /// <param name="cache">Prompt and beams; grows by one step.</param>
    /// <returns>[B, W, D].</returns>
    public Tensor Advance(Tensor x, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = Rope.Angles(cache.Steps, 1, _frequencies, x.dtype, x.device);
        var q = Rope.Rotate(Queries(x), cos, sin);                                      // [B, H, W, F]
        cache.AddStep(Rope.Rotate(Keys(x), cos, sin), Split(_value.forward(x), _keyHeads));
        var (B, N, G, W, F) = (q.shape[0], _keyHeads, _heads / _keyHeads, q.shape[2], _headWidth);
        var (prompt, steps) = (cache.PromptKeys.shape[2], cache.BeamKeys.shape[3]);
        var ofPrompt = q.reshape(B, N, G * W, F).matmul(cache.PromptKeys.transpose(-1, -2)).view(B, N * G, W, prompt);
        if (cache.Mask is { } mask) ofPrompt = ofPrompt.Plus(mask);
        var ofBeam = (cache.BeamKeys.unsqueeze(2) * q.reshape(B, N, G, W, 1, F)).sum(dim: -1).view(B, N * G, W, steps);
        var weights = cat([ofPrompt, ofBeam], dim: -1).DividedBy(Math.Sqrt(F)).softmax(dim: -1); // [B, H, W, T + S]
        var fromPrompt = weights.narrow(-1, 0, prompt).reshape(B, N, G * W, prompt).matmul(cache.PromptValues).view(B, N * G, W, F);
        var fromBeam = (weights.narrow(-1, prompt, steps).reshape(B, N, G, W, steps, 1) * cache.BeamValues.unsqueeze(2)).sum(dim: 4);
        return _output.forward(Join(fromPrompt.Plus(fromBeam.view(B, N * G, W, F)))).MoveToOuterDisposeScope();
    }

    private RmsNorm HeadNorm(LlamaOptions options) =>
        new(_headWidth, options.NormEpsilon, type: options.Unfilled ?? ScalarType.Float32);

    /// <summary>[B, T, D] → [B, H, T, F], before they are rotated.</summary>
    private Tensor Queries(Tensor x) => Normed(Split(_query.forward(x), _heads), _queryNorm);

    /// <summary>[B, T, D] → [B, N, T, F], before they are rotated.</summary>
    private Tensor Keys(Tensor x) => Normed(Split(_key.forward(x), _keyHeads), _keyNorm);

    private static Tensor Normed(Tensor x, RmsNorm? norm) => norm is null ? x : norm.forward(x);

    /// <summary>[B, T, H · F] → [B, H, T, F].</summary>
    private Tensor Split(Tensor x, int heads) => x.reshape(x.shape[0], x.shape[1], heads, _headWidth).transpose(1, 2);

    /// <summary>[B, H, T, F] → [B, T, H · F].</summary>
    private static Tensor Join(Tensor x) => x.transpose(1, 2).flatten(start_dim: 2);

    /// <summary>
    /// [B, N, T, F] → [B, H, T, F]: repeats each key or value head for the H / N query heads that share it (grouped queries).
    /// </summary>
    private Tensor ForEachHead(Tensor x)
    {
        if (_keyHeads == _heads) return x;
        var (B, T, G) = (x.shape[0], x.shape[2], _heads / _keyHeads);
        return x.unsqueeze(2).expand(B, _keyHeads, G, T, _headWidth).reshape(B, _heads, T, _headWidth);
    }
}
