using Tandem.Learning.Layers;
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
    [ComponentName(Name = "expand")] private readonly SlotLinear _expand;               // D → 2 M: W₁ above W₂
    [ComponentName(Name = "contract")] private readonly SlotLinear _contract;           // M → D

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
    public override Tensor forward(Tensor x) => Mix(x, default);

    /// <param name="x">[B, T, D] whole sequences.</param>
    /// <param name="features">Of their events.</param>
    public Tensor Mix(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (h, _) = Convolve(x, _convolution is null ? null : CausalConvolution.Before(x));
        return FeedForward(h.Plus(_ttt.Mix(_tttNorm.forward(h), features))).MoveToOuterDisposeScope();
    }

    /// <summary>Whole sequences without padding, and the state after them.</summary>
    public (Tensor Output, TttBlockState State) Fill(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (h, tail) = Convolve(x, _convolution is null ? null : CausalConvolution.Before(x));
        var (y, state) = _ttt.Fill(_tttNorm.forward(h), features);
        return (FeedForward(h.Plus(y)).MoveToOuterDisposeScope(), new TttBlockState(tail, state).MoveToOuterDisposeScope());
    }

    /// <summary>The state before the first event of as many rows as <paramref name="x"/> has.</summary>
    public TttBlockState Begin(Tensor x) => new(_convolution is null ? null : CausalConvolution.Before(x), _ttt.Begin(x));

    /// <summary>One further event of each row.</summary>
    /// <param name="x">[B, 1, D].</param>
    /// <param name="now">[B] each, of that event.</param>
    /// <param name="state">Of the rows so far; not changed.</param>
    public (Tensor Output, TttBlockState State) Step(Tensor x, EventFeatures now, TttBlockState state)
    {
        using var scope = NewDisposeScope();
        var (h, tail) = Convolve(x, state.Tail);
        var (y, ttt) = _ttt.Step(_tttNorm.forward(h), now, state.Ttt);
        return (FeedForward(h.Plus(y)).MoveToOuterDisposeScope(), new TttBlockState(tail, ttt).MoveToOuterDisposeScope());
    }

    private (Tensor Output, Tensor? Tail) Convolve(Tensor x, Tensor? tail)
    {
        if (_convolution is null || tail is null) return (x, null);
        var h = _convolutionNorm!.forward(x);
        return (x.Plus(_convolution.Continue(h, tail)), CausalConvolution.Tail(h, tail));
    }

    private Tensor FeedForward(Tensor x) =>
        x.Plus(_contract.forward(SwiGlu.Gate(_expand.forward(_feedForwardNorm.forward(x)))));
}
