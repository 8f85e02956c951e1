using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>W₃ (silu(W₁ x) ⊙ W₂ x) (GLU Variants Improve Transformer, arXiv 2002.05202).</summary>
internal sealed class LlamaFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")] private readonly SlotLinear _gate;
    [ComponentName(Name = "up_proj")] private readonly SlotLinear _up;
    [ComponentName(Name = "down_proj")] private readonly SlotLinear _down;

    public LlamaFeedForward(LlamaOptions options) : base(nameof(LlamaFeedForward))
    {
        _gate = Linears.Uniform(options.Width, options.Hidden, options.FeedForwardBias, options.Unfilled);
        _up = Linears.Uniform(options.Width, options.Hidden, options.FeedForwardBias, options.Unfilled);
        _down = Linears.Uniform(options.Hidden, options.Width, options.FeedForwardBias, options.Unfilled);
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (gate, up) = (_gate.forward(x), _up.forward(x));
        var product = TensorValues.AreInPlace<float>(gate) && TensorValues.AreInPlace<float>(up)
            ? SwiGluRows.Of(gate, up)
            : nn.functional.silu(gate) * up;
        return _down.forward(product).MoveToOuterDisposeScope();
    }
}
