using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A block with gated residuals: x += σ(G₁ x) ⊙ Attention(LN(x)); x += σ(G₂ x) ⊙ SwiGLU(LN(x)), with
/// SwiGLU(h) = W₃ (silu(W₁ h) ⊙ W₂ h) of inner width M D. From LiGR (From Features to Transformers: Redefining Ranking for
/// Scalable Impact, arXiv 2502.03417), in the form that RecTools' eSASRec takes from it.
/// </summary>
/// <remarks>
/// As in RecTools: each gate reads the residual stream before its norm, gates and attention have biases, SwiGLU has none. Ours:
/// attention weights are not dropped, and <see cref="SasRec"/> keeps its scaled embeddings and its last norm around these blocks,
/// which RecTools has not.
/// </remarks>
internal sealed class LigrBlock : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    [ComponentName(Name = "attention_norm")] private readonly LayerNorm _attentionNorm;
    [ComponentName(Name = "qkv")] private readonly SlotLinear _qkv;                     // D → 3 D: queries, keys, values
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    [ComponentName(Name = "attention_gate")] private readonly SlotLinear _attentionGate;
    [ComponentName(Name = "feed_forward_norm")] private readonly LayerNorm _feedForwardNorm;
    [ComponentName(Name = "expand")] private readonly SlotLinear _expand;               // D → 2 M D: W₁ above W₂
    [ComponentName(Name = "contract")] private readonly SlotLinear _contract;
    [ComponentName(Name = "feed_forward_gate")] private readonly SlotLinear _feedForwardGate;
    private readonly SeededDropout _dropout;

    public LigrBlock(SasRecOptions options, Noise noise) : base(nameof(LigrBlock))
    {
        var (width, inner) = (options.Width, options.FeedForwardMultiple * options.Width);
        _heads = options.Heads;
        _attentionNorm = nn.LayerNorm(width);
        _qkv = Linears.Xavier(width, 3 * width);
        _output = Linears.Xavier(width, width);
        _attentionGate = Linears.Xavier(width, width);
        _feedForwardNorm = nn.LayerNorm(width);
        _expand = Linears.Xavier(width, 2 * inner, hasBias: false);
        _contract = Linears.Xavier(inner, width, hasBias: false);
        _feedForwardGate = Linears.Xavier(width, width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var a = _output.forward(CausalAttention.Attend(_qkv.forward(_attentionNorm.forward(x)), _heads));
        x = x.Plus(_attentionGate.forward(x).sigmoid() * _dropout.forward(a));
        var h = _contract.forward(_dropout.forward(SwiGlu.Gate(_expand.forward(_feedForwardNorm.forward(x)))));
        return x.Plus(_feedForwardGate.forward(x).sigmoid() * _dropout.forward(h)).MoveToOuterDisposeScope();
    }
}
