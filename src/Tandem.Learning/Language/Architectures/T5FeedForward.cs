using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>W₂ relu(W₁ x), or W₂ (φ(W₀ x) ⊙ W₁ x) (GLU Variants Improve Transformer, arXiv 2002.05202).</summary>
internal sealed class T5FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly T5FeedForwardKind _kind;
    private readonly SeededDropout _dropout;

    [ComponentName(Name = "wi")] private readonly SlotLinear? _plain;
    [ComponentName(Name = "wi_0")] private readonly SlotLinear? _gate;
    [ComponentName(Name = "wi_1")] private readonly SlotLinear? _up;
    [ComponentName(Name = "wo")] private readonly SlotLinear _down;

    public T5FeedForward(T5Options options, Noise noise) : base(nameof(T5FeedForward))
    {
        _kind = options.FeedForward;
        SlotLinear In() => Linears.Normal(options.Width, options.Hidden, Math.Pow(options.Width, -0.5), hasBias: false, options.Unfilled);
        if (_kind == T5FeedForwardKind.Relu) _plain = In();
        else (_gate, _up) = (In(), In());
        _down = Linears.Normal(options.Hidden, options.Width, Math.Pow(options.Hidden, -0.5), hasBias: false, options.Unfilled);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _down.forward(_dropout.forward(Inner(x))).MoveToOuterDisposeScope();
    }

    private Tensor Inner(Tensor x) => _kind switch
    {
        T5FeedForwardKind.GatedGelu => Gelu.ByTanh(_gate!.forward(x)) * _up!.forward(x),
        T5FeedForwardKind.GatedSilu => nn.functional.silu(_gate!.forward(x)) * _up!.forward(x),
        _ => nn.functional.relu(_plain!.forward(x)),
    };
}
