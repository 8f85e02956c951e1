namespace Tandem.Device.Collaboration;

/// <summary>
/// A product of experts: α · log p(cloud) + (1 − α) · logit(device). Differences in log-probability keep their size here, where
/// min-max normalisation lets one far-off item on the list change the weight of all others.
/// </summary>
/// <param name="cloudShare">α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</param>
/// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
public sealed class LogLinearFusion(double cloudShare) : IFusionRule
{
    private readonly float _cloud = (float)Share.Checked(cloudShare, nameof(cloudShare));
    private readonly float _device = (float)(1 - cloudShare);

    /// <inheritdoc/>
    public void Fuse(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int age, Span<float> destination)
    {
        for (var i = 0; i < cloud.Length; i++) destination[i] = _cloud * cloud[i] + _device * device[i];
    }
}
