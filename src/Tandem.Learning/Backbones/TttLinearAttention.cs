using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// The control of <see cref="TttControl.LinearAttention"/>: a linear memory with G = K − V whatever it holds, and nothing in it at the
/// start. It is what <see cref="TttLinear"/> becomes without its norm and with W₀ = 0, b₀ = 0, in its first mini-batch.
/// </summary>
internal sealed class TttLinearAttention : TttLinearMemory
{
    private readonly int _heads;
    private readonly int _headWidth;
    [ComponentName(Name = "norm")] private readonly TttInnerNorm _norm;

    public TttLinearAttention(int heads, int headWidth) : base(nameof(TttLinearAttention))
    {
        (_heads, _headWidth) = (heads, headWidth);
        _norm = new TttInnerNorm(heads, headWidth, surprise: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Initial =>
        [zeros(_heads, _headWidth, _headWidth, dtype: _norm.Gamma.dtype), zeros(_heads, 1, _headWidth, dtype: _norm.Gamma.dtype)];

    /// <inheritdoc/>
    public override TttInnerNorm Norm => _norm;

    /// <inheritdoc/>
    protected override (Tensor G, Tensor Rates) Slope(Tensor[] weights, TttChunk chunk) => (chunk.K - chunk.V, chunk.Rates.alias());
}
