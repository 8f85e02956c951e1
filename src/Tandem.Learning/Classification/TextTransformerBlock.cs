using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>x += Attention(LN(x)); x += W₂ gelu(W₁ LN(x)), where every word sees every word of its title.</summary>
internal sealed class TextTransformerBlock : nn.Module
{
    private readonly int _heads;
    [ComponentName(Name = "attention_norm")] private readonly LayerNorm _attentionNorm;
    [ComponentName(Name = "query")] private readonly SlotLinear _query;
    [ComponentName(Name = "key")] private readonly SlotLinear _key;
    [ComponentName(Name = "value")] private readonly SlotLinear _value;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    [ComponentName(Name = "feed_forward_norm")] private readonly LayerNorm _feedForwardNorm;
    [ComponentName(Name = "expand")] private readonly SlotLinear _expand;
    [ComponentName(Name = "contract")] private readonly SlotLinear _contract;
    private readonly SeededDropout _dropout;

    public TextTransformerBlock(TextTransformerOptions options, Noise noise) : base(nameof(TextTransformerBlock))
    {
        var (width, inner) = (options.Width, options.FeedForwardMultiple * options.Width);
        _heads = options.Heads;
        _attentionNorm = nn.LayerNorm(width);
        _query = Linears.Xavier(width, width);
        _key = Linears.Xavier(width, width);
        _value = Linears.Xavier(width, width);
        _output = Linears.Xavier(width, width);
        _feedForwardNorm = nn.LayerNorm(width);
        _expand = Linears.Xavier(width, inner);
        _contract = Linears.Xavier(inner, width);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, L, D].</param>
    /// <param name="seen">[B, 1, 1, L], true for words.</param>
    public Tensor forward(Tensor x, Tensor seen)
    {
        using var scope = NewDisposeScope();
        var h = _attentionNorm.forward(x);
        var a = nn.functional.scaled_dot_product_attention(
            Heads(_query.forward(h)), Heads(_key.forward(h)), Heads(_value.forward(h)), seen);
        x = x.Plus(_dropout.forward(_output.forward(a.transpose(1, 2).reshape(x.shape))));
        h = nn.functional.gelu(_expand.forward(_feedForwardNorm.forward(x)));
        return x.Plus(_dropout.forward(_contract.forward(h))).MoveToOuterDisposeScope();
    }

    /// <summary>[B, L, D] → [B, H, L, F].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}
