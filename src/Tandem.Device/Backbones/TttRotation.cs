using Tandem.Device.Kernels;

namespace Tandem.Device.Backbones;

/// <summary>Rotates queries and keys by their place in the mini-batch: pair i by the angle place · base^(−2i/F).</summary>
internal sealed class TttRotation
{
    private readonly int _width;
    private readonly float[] _cosines;  // [b × F], each twice
    private readonly float[] _sines;    // [b × F], of each pair the first negated

    /// <param name="miniBatch">b.</param>
    /// <param name="headWidth">F.</param>
    /// <param name="ropeBase">Of the frequencies.</param>
    public TttRotation(int miniBatch, int headWidth, double ropeBase)
    {
        _width = headWidth;
        (_cosines, _sines) = (new float[miniBatch * headWidth], new float[miniBatch * headWidth]);
        for (var i = 0; i < _cosines.Length; i++)
        {
            var angle = (float)(i / headWidth * Math.Pow(ropeBase, -2.0 * (i % headWidth / 2) / headWidth)); // rounded as in training
            (_cosines[i], _sines[i]) = (MathF.Cos(angle), i % 2 == 0 ? -MathF.Sin(angle) : MathF.Sin(angle));
        }
    }

    /// <param name="x">[heads × F], changed in place.</param>
    /// <param name="place">In 0 … b − 1.</param>
    public void Rotate(Span<float> x, int place)
    {
        if (place > 0) Rotary.Rotate(x, _cosines.AsSpan(place * _width, _width), _sines.AsSpan(place * _width, _width));
    }
}
