using System.Numerics.Tensors;

namespace Tandem.Device.Collaboration;

/// <summary>
/// LSC4Rec's fusion (arXiv 2501.05647): α · P̂cloud + (1 − α) · P̂device over scores normalised on the list. The paper's text does
/// not say which normaliser; here each side is stretched to [0, 1] by its least and greatest score.
/// </summary>
/// <param name="cloudShare">α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</param>
/// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
public sealed class MinMaxFusion(double cloudShare) : IFusionRule
{
    private readonly float _cloud = (float)Share.Checked(cloudShare, nameof(cloudShare));
    private readonly float _device = (float)(1 - cloudShare);

    /// <inheritdoc/>
    public void Fuse(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int age, Span<float> destination)
    {
        if (cloud.IsEmpty) return;
        var (cloudLow, cloudSpan) = Range(cloud);
        var (deviceLow, deviceSpan) = Range(device);
        var (a, b) = (_cloud / cloudSpan, _device / deviceSpan);
        for (var i = 0; i < cloud.Length; i++) destination[i] = (cloud[i] - cloudLow) * a + (device[i] - deviceLow) * b;
    }

    /// <summary>Least score and spread; equal scores say nothing, whatever they are divided by.</summary>
    private static (float Low, float Span) Range(ReadOnlySpan<float> scores)
    {
        var low = TensorPrimitives.Min(scores);
        var span = TensorPrimitives.Max(scores) - low;
        return (low, span > 0 ? span : 1);
    }
}
