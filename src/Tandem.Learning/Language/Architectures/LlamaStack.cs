using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Embedding, blocks and the last norm: <see cref="Llama"/> without its head.</summary>
internal sealed class LlamaStack : nn.Module
{
    [ComponentName(Name = "embed_tokens")] private readonly Embedding _tokens;
    [ComponentName(Name = "layers")] private readonly ModuleList<LlamaBlock> _layers;
    [ComponentName(Name = "norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    public LlamaStack(LlamaOptions options, int vocabulary, Noise noise) : base(nameof(LlamaStack))
    {
        _tokens = nn.Embedding(vocabulary, options.Width);
        _layers = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new LlamaBlock(options, noise)).ToArray());
        _norm = new RmsNorm(options.Width, options.NormEpsilon, fused: true);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    public int Blocks => _layers.Count;

    /// <summary>[V, D].</summary>
    public Tensor Embedding => _tokens.weight!;

    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, or null.</param>
    /// <param name="lastOnly">True for the last step's states alone: the last block then answers one step. Default false.</param>
    /// <returns>[B, T or 1, D].</returns>
    public Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches, bool lastOnly = false)
    {
        using var scope = NewDisposeScope();
        var h = _dropout.forward(_tokens.forward(tokens));
        for (var i = 0; i < _layers.Count; i++) h = _layers[i].Forward(h, caches?[i], lastOnly && i == _layers.Count - 1);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <param name="tokens">[B, W] int64.</param>
    /// <param name="caches">One per block.</param>
    /// <returns>[B, W, D].</returns>
    public Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches)
    {
        using var scope = NewDisposeScope();
        var h = _tokens.forward(tokens);
        for (var i = 0; i < _layers.Count; i++) h = _layers[i].Advance(h, caches[i]);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }
}
