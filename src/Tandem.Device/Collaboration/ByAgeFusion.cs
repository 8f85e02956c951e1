namespace Tandem.Device.Collaboration;

/// <summary>One rule for lists that have seen every event, another for lists that lag: a stale cloud deserves less of a say.</summary>
/// <param name="fresh">At age 0.</param>
/// <param name="stale">At any greater age.</param>
public sealed class ByAgeFusion(IFusionRule fresh, IFusionRule stale) : IFusionRule
{
    /// <inheritdoc/>
    public void Fuse(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int age, Span<float> destination) =>
        (age == 0 ? fresh : stale).Fuse(cloud, device, age, destination);
}
