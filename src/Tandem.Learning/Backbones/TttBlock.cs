using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// Pre-norm: x += TTT(RMSNorm(x)); x += SwiGLU(RMSNorm(x)), with SwiGLU(h) = W₃ (silu(W₁ h) ⊙ W₂ h); before both, where it is asked
/// for, x += CausalConvolution(RMSNorm(x)).
/// </summary>
internal sealed class TttBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "convolution_norm")] private readonly RmsNorm? _convolutionNorm;
    [ComponentName(Name = "convolution")] private readonly CausalConvolution? _convolution;
    [ComponentName(Name = "ttt_norm")] private readonly RmsNorm _tttNorm;
    [ComponentName(Name = "ttt")] private readonly TttLayer _ttt;
    [ComponentName(Name = "feed_forward_norm")] private readonly RmsNorm _feedForwardNorm;
    [ComponentName(Name = "expand")] private readonly Linear _expand;                   // D → 2 M: W₁ above W₂
    [ComponentName(Name = "contract")] private readonly Linear _contract;               // M → D

    public TttBlock(TttOptions options) : base(nameof(TttBlock))
    {
        var (width, inner) = (options.Width, options.FeedForwardWidth ?? 4 * options.Width);
        if (options.PreConvolution) (_convolutionNorm, _convolution) = (new RmsNorm(width), new CausalConvolution(width));
        _tttNorm = new RmsNorm(width);
        _ttt = new TttLayer(options);
        _feedForwardNorm = new RmsNorm(width);
        _expand = Linears.Normal(width, 2 * inner, SequenceModel.InitialDeviation, hasBias: false);
        _contract = Linears.Normal(inner, width, SequenceModel.InitialDeviation, hasBias: false);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D] whole sequences.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (_convolution is not null) x = x + _convolution.forward(_convolutionNorm!.forward(x));
        x = x + _ttt.forward(_tttNorm.forward(x));
        return FeedForward(x).MoveToOuterDisposeScope();
    }

    private Tensor FeedForward(Tensor x) =>
        x + _contract.forward(SwiGlu.Gate(_expand.forward(_feedForwardNorm.forward(x))));
}
