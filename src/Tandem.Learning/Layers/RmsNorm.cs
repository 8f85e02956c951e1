using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>y = x / sqrt(mean(x²) + ε) · weight (arXiv 1910.07467).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;
    private readonly bool _fused;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;                                                 // [D]

    /// <param name="width">D.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="fused">
    /// True to compute it as one node of autograd (<see cref="RmsNormRows"/>) where it can be: faster, other in the last bits. Default
    /// false, with which trainings of TTT that were reported come out to the bit.
    /// </param>
    public RmsNorm(int width, double epsilon = 1e-6, bool fused = false) : base(nameof(RmsNorm))
    {
        (_epsilon, _fused) = (epsilon, fused);
        _weight = nn.Parameter(ones(width));
        RegisterComponents();
    }

    /// <param name="x">[..., D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var inMemory = x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU;
        if (_fused && inMemory && TensorValues.AreInPlace<float>(_weight))
            return RmsNormRows.Of(x, _weight, _epsilon).MoveToOuterDisposeScope();
        var scale = x.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return (x * scale * _weight).MoveToOuterDisposeScope();
    }
}
