using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>x += Attention(LN(x)); x += W₂ f(W₁ LN(x)), where f is relu or gelu.</summary>
internal sealed class SasRecBlock : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    private readonly FeedForwardActivation _activation;
    [ComponentName(Name = "attention_norm")] private readonly LayerNorm _attentionNorm;
    [ComponentName(Name = "qkv")] private readonly SlotLinear _qkv;                     // D → 3 D: queries, keys, values
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    [ComponentName(Name = "feed_forward_norm")] private readonly LayerNorm _feedForwardNorm;
    [ComponentName(Name = "expand")] private readonly SlotLinear _expand;               // D → M D; M is 1 in the paper
    [ComponentName(Name = "contract")] private readonly SlotLinear _contract;
    private readonly SeededDropout _dropout;

    public SasRecBlock(SasRecOptions options, Noise noise) : base(nameof(SasRecBlock))
    {
        var (width, inner) = (options.Width, options.FeedForwardMultiple * options.Width);
        (_heads, _activation) = (options.Heads, options.Activation);
        _attentionNorm = nn.LayerNorm(width);
        _qkv = Linears.Xavier(width, 3 * width);
        _output = Linears.Xavier(width, width);
        _feedForwardNorm = nn.LayerNorm(width);
        _expand = Linears.Xavier(width, inner);
        _contract = Linears.Xavier(inner, width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var a = CausalAttention.Attend(_qkv.forward(_attentionNorm.forward(x)), _heads);
        x = x.Plus(_dropout.forward(_output.forward(a)));
        var h = _dropout.forward(Activate(_expand.forward(_feedForwardNorm.forward(x))));
        return x.Plus(_dropout.forward(_contract.forward(h))).MoveToOuterDisposeScope();
    }

    private Tensor Activate(Tensor h) =>
        _activation == FeedForwardActivation.Gelu ? nn.functional.gelu(h) : nn.functional.relu(h);
}
