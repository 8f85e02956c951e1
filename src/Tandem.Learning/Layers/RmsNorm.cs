using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>y = x / sqrt(mean(x²) + ε) · weight (arXiv 1910.07467).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;                                                 // [D]

    public RmsNorm(int width) : base(nameof(RmsNorm))
    {
        _weight = nn.Parameter(ones(width));
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var scale = x.Squared().mean([-1], keepdim: true).Plus(Epsilon).rsqrt();
        return (x * scale * _weight).MoveToOuterDisposeScope();
    }
}
