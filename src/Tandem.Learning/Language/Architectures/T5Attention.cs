using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>softmax(Q Kᵀ + bias) V in H heads: T5 does not divide by √F, its starting values do.</summary>
internal sealed class T5Attention : nn.Module
{
    private readonly T5Options _options;
    private readonly bool _bothWays;

    [ComponentName(Name = "q")] private readonly SlotLinear _query;
    [ComponentName(Name = "k")] private readonly SlotLinear _key;
    [ComponentName(Name = "v")] private readonly SlotLinear _value;
    [ComponentName(Name = "o")] private readonly SlotLinear _output;
    [ComponentName(Name = "relative_attention_bias")] private readonly TokenTable? _bias; // [buckets, H], of a stack's first block alone

    /// <param name="options">Of the model.</param>
    /// <param name="hasBias">True in a stack's first block, whose biases all its blocks use.</param>
    /// <param name="bothWays">True in an encoder.</param>
    public T5Attention(T5Options options, bool hasBias = false, bool bothWays = false) : base(nameof(T5Attention))
    {
        (_options, _bothWays) = (options, bothWays);
        var (width, inner) = (options.Width, options.Heads * options.HeadWidth);
        _query = Linears.Normal(width, inner, Math.Pow(inner, -0.5) * Math.Pow(width, -0.5), hasBias: false, options.Unfilled);
        _key = Linears.Normal(width, inner, Math.Pow(width, -0.5), hasBias: false, options.Unfilled);
        _value = Linears.Normal(width, inner, Math.Pow(width, -0.5), hasBias: false, options.Unfilled);
        _output = Linears.Normal(inner, width, Math.Pow(inner, -0.5), hasBias: false, options.Unfilled);
        if (hasBias) _bias = new TokenTable(options.Buckets, options.Heads, options.Unfilled);
        RegisterComponents();
    }

    /// <summary>[1, H, queries, keys] biases of a stack's self-attention by relative position.</summary>
    /// <param name="firstQuery">Position of the first query; keys begin at 0.</param>
    /// <param name="queries">How many.</param>
    /// <param name="keys">How many.</param>
    /// <param name="type">In which they are added.</param>
    public Tensor Bias(int firstQuery, int queries, int keys, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var buckets = RelativeBuckets.Of(firstQuery, queries, keys, _bothWays, _options.Buckets, _options.FarthestDistance);
        var biases = TypedProduct.InType(_bias!.forward(tensor(buckets, queries, keys)), type);
        return biases.permute(2, 0, 1).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Whole sequences that see each other as the bias says.</summary>
    /// <param name="x">[B, T, D] that asks.</param>
    /// <param name="source">[B, T′, D] that answers; <paramref name="x"/> itself in self-attention.</param>
    /// <param name="bias">[1 or B, H or 1, T, T′], −∞ where nothing is seen; null where all is seen alike.</param>
    /// <param name="keep">Receives keys and values, each [B, H, T′, F]; null for nobody.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor x, Tensor source, Tensor? bias, Action<Tensor, Tensor>? keep = null)
    {
        using var scope = NewDisposeScope();
        var (k, v) = (Split(_key.forward(source)), Split(_value.forward(source)));
        keep?.Invoke(k, v);
        return Answer(Split(_query.forward(x)), k, v, bias).MoveToOuterDisposeScope();
    }

    /// <summary>W beams that see the text that an encoder has read.</summary>
    /// <param name="x">[B, W, D].</param>
    /// <param name="cache">With keys and values of the text.</param>
    public Tensor ReadSource(Tensor x, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        return Answer(Split(_query.forward(x)), cache.SourceKeys, cache.SourceValues, cache.Mask).MoveToOuterDisposeScope();
    }

    /// <summary>One further step of W beams that share a beginning. A beam sees it, its own earlier steps and itself.</summary>
    /// <param name="x">[B, W, D], the newest token of each beam.</param>
    /// <param name="bias">[1, H, 1, T + S] by relative position.</param>
    /// <param name="cache">Beginning and beams; grows by one step.</param>
    /// <returns>[B, W, D].</returns>
    public Tensor Advance(Tensor x, Tensor bias, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        var q = Split(_query.forward(x));                                               // [B, H, W, F]
        cache.AddStep(Split(_key.forward(x)), Split(_value.forward(x)));
        var (prompt, steps) = (cache.PromptKeys.shape[2], cache.BeamKeys.shape[3]);
        var ofPrompt = q.matmul(cache.PromptKeys.transpose(-1, -2));                    // [B, H, W, T]
        var ofBeam = (cache.BeamKeys * q.unsqueeze(3)).sum(dim: -1);                    // [B, H, W, S]
        var weights = cat([ofPrompt, ofBeam], dim: -1).Plus(bias).softmax(dim: -1);
        var fromPrompt = weights.narrow(-1, 0, prompt).matmul(cache.PromptValues);      // [B, H, W, F]
        var fromBeam = (weights.narrow(-1, prompt, steps).unsqueeze(-1) * cache.BeamValues).sum(dim: 3);
        return Join(fromPrompt.Plus(fromBeam)).MoveToOuterDisposeScope();
    }

    private Tensor Answer(Tensor q, Tensor k, Tensor v, Tensor? bias)
    {
        var scores = q.matmul(k.transpose(-1, -2));                                     // [B, H, T, T′]
        return Join((bias is null ? scores : scores.Plus(bias)).softmax(dim: -1).matmul(v));
    }

    /// <summary>[B, T, H · F] → [B, H, T, F].</summary>
    private Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], _options.Heads, _options.HeadWidth).transpose(1, 2);

    /// <summary>[B, H, T, F] → [B, T, D].</summary>
    private Tensor Join(Tensor x) => _output.forward(x.transpose(1, 2).flatten(start_dim: 2));
}
