namespace Tandem.Device.Collaboration;

/// <summary>
/// LSC4Rec's fusion (arXiv 2501.05647): α · P̂cloud + (1 − α) · P̂device over scores normalised on the list. The paper's text does
/// not say which normaliser; here each side is stretched to [0, 1] by its least and greatest score.
/// </summary>
/// <remarks>
/// An item that is not on the cloud's list gets the cloud's 0, an item that the device cannot score the device's. The range of a side is
/// that of the scores it has.
/// </remarks>
/// <param name="cloudShare">α in [0, 1]: 1 keeps the cloud's order, 0 the device's.</param>
/// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
public sealed class MinMaxFusion(double cloudShare) : IFusionRule
{
    private readonly float _cloud = (float)Share.Checked(cloudShare, nameof(cloudShare));
    private readonly float _device = (float)(1 - cloudShare);

    /// <inheritdoc/>
    public void Fuse(in FusionCandidates candidates, Span<float> destination)
    {
        var cloud = candidates.Cloud;
        var device = candidates.Device;
        if (cloud.IsEmpty) return;
        var (cloudLow, cloudSpan) = LowAndSpan(cloud);
        var (deviceLow, deviceSpan) = LowAndSpan(device);
        var (a, b) = (_cloud / cloudSpan, _device / deviceSpan);
        for (var i = 0; i < cloud.Length; i++)
        {
            destination[i] = float.IsNaN(cloud[i]) && float.IsNaN(device[i])
                ? float.NaN
                : (cloud[i].Or(cloudLow) - cloudLow) * a + (device[i].Or(deviceLow) - deviceLow) * b;
        }
    }

    /// <summary>Least score and spread; equal scores say nothing, whatever they are divided by.</summary>
    private static (float Low, float Span) LowAndSpan(ReadOnlySpan<float> scores)
    {
        var (low, greatest) = KnownScores.Range(scores);
        var span = greatest - low;
        return (low, span > 0 ? span : 1);
    }
}
