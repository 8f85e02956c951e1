using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>y = x / sqrt(mean(x²) + ε) · weight (arXiv 1910.07467).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;                                                 // [D]

    /// <param name="width">D.</param>
    /// <param name="epsilon">ε.</param>
    public RmsNorm(int width, double epsilon = 1e-6) : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        _weight = nn.Parameter(ones(width));
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (TensorValues.AreInPlace<float>(_weight) && x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU)
            return RmsNormRows.Of(x, _weight, _epsilon).MoveToOuterDisposeScope();
        var scale = x.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return (x * scale * _weight).MoveToOuterDisposeScope();
    }
}
