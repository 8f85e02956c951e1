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
    /// <param name="type">Of the weights. Default float32.</param>
    public RmsNorm(int width, double epsilon = 1e-6, bool fused = false, ScalarType type = ScalarType.Float32) : base(nameof(RmsNorm))
    {
        (_epsilon, _fused) = (epsilon, fused);
        _weight = nn.Parameter(ones(width, dtype: type));
        RegisterComponents();
    }

    /// <param name="x">[..., D]; of a type narrower than float32 it is widened for the mean and what follows.</param>
    /// <returns>In the type of <paramref name="x"/>.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var isWide = x.dtype is ScalarType.Float32 or ScalarType.Float64;
        var wide = isWide ? x : x.to(ScalarType.Float32);
        return TypedProduct.InType(Normed(wide, TypedProduct.InType(_weight, wide.dtype)), x.dtype).MoveToOuterDisposeScope();
    }

    private Tensor Normed(Tensor x, Tensor weight)
    {
        var inMemory = x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU;
        if (_fused && inMemory && TensorValues.AreInPlace<float>(weight))
            return RmsNormRows.Of(x, weight, _epsilon);
        var scale = x.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return x * scale * weight;
    }
}
