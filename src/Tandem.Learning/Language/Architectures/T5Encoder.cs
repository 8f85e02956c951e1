using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Blocks that see the whole text, and the last norm.</summary>
internal sealed class T5Encoder : nn.Module
{
    [ComponentName(Name = "block")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "final_layer_norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;
    private readonly Noise _noise;

    public T5Encoder(T5Options options, Noise noise) : base(nameof(T5Encoder))
    {
        _blocks = nn.ModuleList(Enumerable.Range(0, options.EncoderBlocks).Select(i => new Block(options, noise, i == 0)).ToArray());
        _norm = new(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new(options.Dropout, noise);
        _noise = noise;
        RegisterComponents();
    }

    /// <summary>Whether a backward pass computes blocks anew in place of keeping what they gave.</summary>
    public bool Recompute { get; set; }

    /// <param name="x">[B, T, D] embeddings.</param>
    /// <param name="mask">[B, 1, 1, T], −∞ at padding; null without any.</param>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var T = (int)x.shape[1];
        var bias = _blocks[0].Self.Bias(0, T, T, x.dtype);
        if (mask is not null) bias = bias.Plus(mask);
        var h = _dropout.forward(x);
        foreach (var block in _blocks)
        {
            h = Recompute
                ? Recomputed.Of(inputs => block.Forward(inputs[0]!, inputs[1]!), _noise, h, bias)
                : block.Forward(h, bias);
        }

        return _dropout.forward(_norm.forward(h)).MoveToOuterDisposeScope();
    }

    private sealed class Block : nn.Module
    {
        [ComponentName(Name = "layer")] private readonly ModuleList<nn.Module> _layers;

        public Block(T5Options options, Noise noise, bool isFirst) : base(nameof(Block))
        {
            _layers = nn.ModuleList<nn.Module>(
                new T5SelfLayer(options, noise, hasBias: isFirst, bothWays: true), new T5FeedForwardLayer(options, noise));
            RegisterComponents();
        }

        public T5SelfLayer Self => (T5SelfLayer)_layers[0];

        public Tensor Forward(Tensor x, Tensor bias) => ((T5FeedForwardLayer)_layers[1]).forward(Self.Forward(x, bias, cache: null));
    }
}
