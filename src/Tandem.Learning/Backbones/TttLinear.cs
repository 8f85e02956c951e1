using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>f(x) = x + LN(x W + b): a linear memory with G = ∂ℓ/∂Z at Z = K W + b.</summary>
internal sealed class TttLinear : TttLinearMemory
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // [H, F, F]
    [ComponentName(Name = "bias")] private readonly Parameter _bias;                    // [H, 1, F]
    [ComponentName(Name = "norm")] private readonly TttInnerNorm _norm;

    public TttLinear(int heads, int headWidth, bool surprise) : base(nameof(TttLinear))
    {
        _weight = nn.Parameter(Normal(SequenceModel.InitialDeviation, heads, headWidth, headWidth));
        _bias = nn.Parameter(zeros(heads, 1, headWidth));
        _norm = new TttInnerNorm(heads, headWidth, surprise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Initial => [_weight, _bias];

    /// <inheritdoc/>
    public override TttInnerNorm Norm => _norm;

    /// <inheritdoc/>
    protected override (Tensor G, Tensor Rates) Slope(Tensor[] weights, TttChunk chunk)
    {
        using var scope = NewDisposeScope();
        var (G, rates) = _norm.Gradient(Read(weights, chunk.K), chunk.V - chunk.K, chunk.Rates);
        return (G.MoveToOuterDisposeScope(), rates.MoveToOuterDisposeScope());
    }
}
