using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Embedding, blocks and the last norm: <see cref="Llama"/> without its head.</summary>
internal sealed class LlamaStack : nn.Module
{
    [ComponentName(Name = "embed_tokens")] private readonly TokenTable _tokens;
    [ComponentName(Name = "layers")] private readonly ModuleList<LlamaBlock> _layers;
    [ComponentName(Name = "norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;
    private readonly Noise _noise;

    public LlamaStack(LlamaOptions options, int vocabulary, Noise noise) : base(nameof(LlamaStack))
    {
        _tokens = new TokenTable(vocabulary, options.Width, options.Unfilled);
        _layers = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new LlamaBlock(options, noise)).ToArray());
        _norm = new RmsNorm(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new SeededDropout(options.Dropout, noise);
        _noise = noise;
        RegisterComponents();
    }

    public int Blocks => _layers.Count;

    /// <summary>Whether a backward pass computes blocks anew in place of keeping what they gave.</summary>
    public bool Recompute { get; set; }

    /// <summary>What the blocks compute in.</summary>
    public ArithmeticKind Arithmetic { get; set; }

    /// <summary>[V, D].</summary>
    public TokenTable Table => _tokens;

    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, or null.</param>
    /// <param name="lastOnly">True for the last step's states alone: the last block then answers one step. Default false.</param>
    /// <param name="isText">[B, T] bool, false at padding before a text; null, the default, without any.</param>
    /// <returns>[B, T or 1, D].</returns>
    public Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches, bool lastOnly = false, Tensor? isText = null)
    {
        using var scope = NewDisposeScope();
        // Positions count from the padding on: only their distances matter (RoFormer, section 3.2.2).
        var mask = isText is null ? null : PromptBatch.MaskOf(isText, Arithmetic.TypeOf(), _tokens.Weight.device);
        var causal = mask is null ? null : PromptBatch.Causal(mask);
        var h = _dropout.forward(Embed(tokens));
        for (var i = 0; i < _layers.Count; i++)
        {
            var (layer, cache, isLast) = (_layers[i], caches?[i], lastOnly && i == _layers.Count - 1);
            cache?.SetMask(mask);
            h = Recompute && cache is null
                ? Recomputed.Of(inputs => layer.Forward(inputs[0]!, null, isLast, inputs[1]), _noise, h, causal)
                : layer.Forward(h, cache, isLast, causal);
        }

        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <param name="tokens">[B, W] int64.</param>
    /// <param name="caches">One per block.</param>
    /// <returns>[B, W, D].</returns>
    public Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches)
    {
        using var scope = NewDisposeScope();
        var h = Embed(tokens);
        for (var i = 0; i < _layers.Count; i++) h = _layers[i].Advance(h, caches[i]);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor tokens) => TypedProduct.InType(_tokens.forward(tokens), Arithmetic.TypeOf());
}
