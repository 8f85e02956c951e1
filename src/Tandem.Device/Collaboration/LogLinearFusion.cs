namespace Tandem.Device.Collaboration;

/// <summary>
/// A product of experts: α · log p(cloud) + (1 − α) · logit(device). Differences in log-probability keep their size here, where
/// min-max normalisation lets one far-off item on the list change the weight of all others.
/// </summary>
/// <remarks>
/// An item that is not on the cloud's list gets the least log-probability among the candidates in place of its own, which is at most that
/// where they hold the whole list; an item that the device cannot score gets the device's least score.
/// </remarks>
/// <param name="cloudShare">α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</param>
/// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
public sealed class LogLinearFusion(double cloudShare) : IFusionRule
{
    private readonly float _cloud = (float)Share.Checked(cloudShare, nameof(cloudShare));
    private readonly float _device = (float)(1 - cloudShare);

    /// <inheritdoc/>
    public void Fuse(in FusionCandidates candidates, Span<float> destination)
    {
        var cloud = candidates.Cloud;
        var device = candidates.Device;
        var isComplete = true;
        for (var i = 0; i < cloud.Length; i++)
        {
            var fused = _cloud * cloud[i] + _device * device[i];
            destination[i] = fused;
            isComplete &= !float.IsNaN(fused);
        }

        if (!isComplete) FillIn(cloud, device, destination);
    }

    /// <summary>Scores of the candidates that one source knows nothing of.</summary>
    private void FillIn(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, Span<float> destination)
    {
        var (leastCloud, leastDevice) = (KnownScores.Range(cloud).Least, KnownScores.Range(device).Least);
        for (var i = 0; i < cloud.Length; i++)
        {
            if (float.IsNaN(cloud[i]) != float.IsNaN(device[i]))
                destination[i] = _cloud * cloud[i].Or(leastCloud) + _device * device[i].Or(leastDevice);
        }
    }
}
