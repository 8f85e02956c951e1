namespace Tandem.Device.Collaboration;

/// <summary>
/// A product of experts: α · log p(cloud) + (1 − α) · logit(device). Differences in log-probability keep their size here, where
/// min-max normalisation lets one far-off item on the list change the weight of all others.
/// </summary>
/// <param name="cloudShare">α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</param>
public sealed class LogLinearFusion(double cloudShare) : IFusionRule
{
    /// <inheritdoc/>
    public void Fuse(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int age, Span<float> destination)
    {
        var (a, b) = ((float)cloudShare, (float)(1 - cloudShare));
        for (var i = 0; i < cloud.Length; i++) destination[i] = a * cloud[i] + b * device[i];
    }
}
