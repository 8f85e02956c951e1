using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Dropout whose masks come from the run's <see cref="Noise"/>; the identity outside training.</summary>
public sealed class SeededDropout : nn.Module<Tensor, Tensor>
{
    private readonly double _drop;
    private readonly Noise _noise;

    /// <param name="drop">Share of elements set to 0, in [0, 1).</param>
    /// <param name="noise">Shared by all dropouts of a network, so that one seed repeats them all.</param>
    public SeededDropout(double drop, Noise noise) : base(nameof(SeededDropout))
    {
        _drop = drop;
        _noise = noise;
        RegisterComponents();
    }

    /// <param name="x">Any shape, float type and device.</param>
    public override Tensor forward(Tensor x)
    {
        if (!training || _drop == 0) return x.alias();
        using var mask = empty(x.shape, dtype: ScalarType.Float32);
        _noise.FillMask(TensorValues.InPlace<float>(mask), _drop);
        if (x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU) return x * mask;
        using var alike = mask.to(x.dtype).to(x.device);
        return x * alike;
    }
}
