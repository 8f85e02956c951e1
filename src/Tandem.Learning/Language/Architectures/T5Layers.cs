using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>x + Attention(RMSNorm(x)) over the sequence itself.</summary>
internal sealed class T5SelfLayer : nn.Module
{
    [ComponentName(Name = "SelfAttention")] private readonly T5Attention _attention;
    [ComponentName(Name = "layer_norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    public T5SelfLayer(T5Options options, Noise noise, bool hasBias, bool bothWays) : base(nameof(T5SelfLayer))
    {
        _attention = new(options, hasBias, bothWays);
        _norm = new(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc cref="T5Attention.Bias"/>
    public Tensor Bias(int firstQuery, int queries, int keys, ScalarType type) => _attention.Bias(firstQuery, queries, keys, type);

    /// <param name="x">[B, T, D].</param>
    /// <param name="bias">[1 or B, H, T, T].</param>
    /// <param name="cache">Receives keys and values as the beginning of beams; null for none.</param>
    public Tensor Forward(Tensor x, Tensor bias, LayerCache? cache)
    {
        using var scope = NewDisposeScope();
        var normed = _norm.forward(x);
        var attended = _attention.Forward(normed, normed, bias, cache is null ? null : cache.SetPrompt);
        return x.Plus(_dropout.forward(attended)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="T5Attention.Advance"/>
    public Tensor Advance(Tensor x, Tensor bias, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        return x.Plus(_attention.Advance(_norm.forward(x), bias, cache)).MoveToOuterDisposeScope();
    }
}

/// <summary>x + Attention(RMSNorm(x)) over what the encoder has read.</summary>
internal sealed class T5CrossLayer : nn.Module
{
    [ComponentName(Name = "EncDecAttention")] private readonly T5Attention _attention;
    [ComponentName(Name = "layer_norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    public T5CrossLayer(T5Options options, Noise noise) : base(nameof(T5CrossLayer))
    {
        _attention = new(options);
        _norm = new(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    /// <param name="source">[B, T′, D].</param>
    /// <param name="mask">[B, 1, 1, T′], −∞ at padding; null without any.</param>
    /// <param name="cache">Receives keys and values of the source; null for none.</param>
    public Tensor Forward(Tensor x, Tensor source, Tensor? mask, LayerCache? cache)
    {
        using var scope = NewDisposeScope();
        var attended = _attention.Forward(_norm.forward(x), source, mask, cache is null ? null : cache.SetSource);
        return x.Plus(_dropout.forward(attended)).MoveToOuterDisposeScope();
    }

    /// <param name="x">[B, W, D].</param>
    /// <param name="cache">With keys and values of the source.</param>
    public Tensor Advance(Tensor x, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        return x.Plus(_attention.ReadSource(_norm.forward(x), cache)).MoveToOuterDisposeScope();
    }
}

/// <summary>x + FeedForward(RMSNorm(x)).</summary>
internal sealed class T5FeedForwardLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "DenseReluDense")] private readonly T5FeedForward _feedForward; // so it is called, whatever it is
    [ComponentName(Name = "layer_norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    public T5FeedForwardLayer(T5Options options, Noise noise) : base(nameof(T5FeedForwardLayer))
    {
        _feedForward = new(options, noise);
        _norm = new(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.Plus(_dropout.forward(_feedForward.forward(_norm.forward(x)))).MoveToOuterDisposeScope();
    }
}
