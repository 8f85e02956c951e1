using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>One pre-norm block: x += Attention(RMSNorm(x)); x += SwiGLU(RMSNorm(x)).</summary>
internal sealed class LlamaBlock : nn.Module
{
    [ComponentName(Name = "input_layernorm")] private readonly RmsNorm _attentionNorm;
    [ComponentName(Name = "self_attn")] private readonly LlamaAttention _attention;
    [ComponentName(Name = "post_attention_layernorm")] private readonly RmsNorm _feedForwardNorm;
    [ComponentName(Name = "mlp")] private readonly LlamaFeedForward _feedForward;
    private readonly SeededDropout _dropout;

    public LlamaBlock(LlamaOptions options, Noise noise) : base(nameof(LlamaBlock))
    {
        _attentionNorm = new RmsNorm(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _attention = new LlamaAttention(options);
        _feedForwardNorm = new RmsNorm(options.Width, options.NormEpsilon, fused: true, options.Unfilled ?? ScalarType.Float32);
        _feedForward = new LlamaFeedForward(options);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <summary>Whole sequences, and where <paramref name="cache"/> is given their keys and values for later steps.</summary>
    /// <param name="x">[B, T, D], from step 0.</param>
    /// <param name="cache">Receives keys and values.</param>
    /// <param name="lastOnly">True for the last step's state alone. Default false.</param>
    /// <param name="causal">[B, 1, T, T], −∞ where a step does not see another; null, the default, where it sees all before it.</param>
    /// <returns>[B, T or 1, D].</returns>
    public Tensor Forward(Tensor x, LayerCache? cache, bool lastOnly = false, Tensor? causal = null)
    {
        using var scope = NewDisposeScope();
        var attended = _dropout.forward(_attention.Forward(_attentionNorm.forward(x), cache, lastOnly, causal));
        if (lastOnly) x = x.narrow(1, x.shape[1] - 1, 1);
        return FeedForward(x.Plus(attended)).MoveToOuterDisposeScope();
    }

    /// <summary>One further step of W beams that share a prompt.</summary>
    /// <param name="x">[B, W, D], the newest token of each beam.</param>
    /// <param name="cache">Prompt and beams; grows by one step.</param>
    public Tensor Advance(Tensor x, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        return FeedForward(x.Plus(_attention.Advance(_attentionNorm.forward(x), cache))).MoveToOuterDisposeScope();
    }

    private Tensor FeedForward(Tensor x) => x.Plus(_dropout.forward(_feedForward.forward(_feedForwardNorm.forward(x))));
}
