using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Blocks that see what is written so far and what the encoder has read, and the last norm.</summary>
internal sealed class T5Decoder : nn.Module
{
    [ComponentName(Name = "block")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "final_layer_norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;
    private readonly Noise _noise;

    public T5Decoder(T5Options options, Noise noise) : base(nameof(T5Decoder))
    {
        _blocks = nn.ModuleList(Enumerable.Range(0, options.DecoderBlocks).Select(i => new Block(options, noise, i == 0)).ToArray());
        _norm = new(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new(options.Dropout, noise);
        _noise = noise;
        RegisterComponents();
    }

    /// <summary>Whether a backward pass computes blocks anew in place of keeping what they gave.</summary>
    public bool Recompute { get; set; }

    public int Blocks => _blocks.Count;

    /// <param name="x">[B, T, D] embeddings.</param>
    /// <param name="source">[B, T′, D] of the encoder.</param>
    /// <param name="mask">[B, 1, 1, T′], −∞ at the source's padding; null without any.</param>
    /// <param name="caches">One per block, to receive keys and values; null for none.</param>
    public Tensor Forward(Tensor x, Tensor source, Tensor? mask, IReadOnlyList<LayerCache>? caches)
    {
        using var scope = NewDisposeScope();
        var T = (int)x.shape[1];
        var bias = _blocks[0].Self.Bias(0, T, T, x.dtype).masked_fill(
            ones(T, T, dtype: ScalarType.Bool, device: x.device).triu(1), TensorArithmetic.NegativeInfinity);
        var h = _dropout.forward(x);
        for (var i = 0; i < _blocks.Count; i++)
        {
            var (block, cache) = (_blocks[i], caches?[i]);
            h = Recompute && cache is null
                ? Recomputed.Of(
                    inputs => block.Forward(inputs[0]!, inputs[1]!, inputs[2]!, inputs[3], null), _noise, h, bias, source, mask)
                : block.Forward(h, bias, source, mask, cache);
        }

        return _dropout.forward(_norm.forward(h)).MoveToOuterDisposeScope();
    }

    /// <param name="x">[B, W, D] embeddings of each beam's newest token.</param>
    /// <param name="caches">One per block.</param>
    public Tensor Advance(Tensor x, IReadOnlyList<LayerCache> caches)
    {
        using var scope = NewDisposeScope();
        var bias = _blocks[0].Self.Bias(caches[0].Steps, 1, caches[0].Steps + 1, x.dtype);
        var h = x;
        for (var i = 0; i < _blocks.Count; i++) h = _blocks[i].Advance(h, bias, caches[i]);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    private sealed class Block : nn.Module
    {
        [ComponentName(Name = "layer")] private readonly ModuleList<nn.Module> _layers;

        public Block(T5Options options, Noise noise, bool isFirst) : base(nameof(Block))
        {
            _layers = nn.ModuleList<nn.Module>(
                new T5SelfLayer(options, noise, hasBias: isFirst, bothWays: false), new T5CrossLayer(options, noise),
                new T5FeedForwardLayer(options, noise));
            RegisterComponents();
        }

        public T5SelfLayer Self => (T5SelfLayer)_layers[0];

        private T5CrossLayer Cross => (T5CrossLayer)_layers[1];

        private T5FeedForwardLayer FeedForward => (T5FeedForwardLayer)_layers[2];

        public Tensor Forward(Tensor x, Tensor bias, Tensor source, Tensor? mask, LayerCache? cache) =>
            FeedForward.forward(Cross.Forward(Self.Forward(x, bias, cache), source, mask, cache));

        public Tensor Advance(Tensor x, Tensor bias, LayerCache cache) =>
            FeedForward.forward(Cross.Advance(Self.Advance(x, bias, cache), cache));
    }
}
