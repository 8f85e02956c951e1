using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// Rotary position embedding (RoFormer, arXiv 2104.09864) by the place within the mini-batch: components 2i and 2i + 1 are turned
/// by the angle (t mod b) · base^(−2i/F).
/// </summary>
internal sealed class TttRotation
{
    private readonly int _miniBatch;
    private readonly int _pairs;
    private readonly double[] _angles; // [b × F/2]

    public TttRotation(int miniBatch, int headWidth, double ropeBase)
    {
        (_miniBatch, _pairs) = (miniBatch, headWidth / 2);
        _angles = new double[miniBatch * _pairs];
        for (var i = 0; i < _angles.Length; i++)
            _angles[i] = i / _pairs * Math.Pow(ropeBase, -2.0 * (i % _pairs) / headWidth);
    }

    /// <summary>[b × F/2] the angles of all places.</summary>
    public double[] Angles => _angles;

    /// <param name="x">[..., T, H, F]; bfloat16, of which there are no complex numbers, is rotated as float32.</param>
    /// <param name="place">That of the first step within its mini-batch.</param>
    /// <returns>[..., T, H, F].</returns>
    public Tensor Rotate(Tensor x, int place)
    {
        using var scope = NewDisposeScope();
        var own = x.dtype == ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;
        var pairs = view_as_complex(own.reshape([.. x.shape[..^1], _pairs, 2]));
        return view_as_real(pairs * Phases((int)x.shape[^3], place, own.dtype)).flatten(-2, -1).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>[T, 1, F/2] complex e^{i · angle}.</summary>
    private Tensor Phases(int steps, int place, ScalarType type)
    {
        var angles = new double[steps * _pairs];
        for (var t = 0; t < steps; t++)
            _angles.AsSpan((place + t) % _miniBatch * _pairs, _pairs).CopyTo(angles.AsSpan(t * _pairs));
        var all = tensor(angles, [steps, 1, _pairs]).to(type);
        return complex(all.cos(), all.sin());
    }
}
