namespace Tandem.Device.Collaboration;

/// <summary>One rule for lists that have seen every event, another for lists that lag: a stale cloud deserves less of a say.</summary>
/// <param name="fresh">At age 0.</param>
/// <param name="stale">At any greater age.</param>
/// <exception cref="ArgumentNullException">A rule is null.</exception>
public sealed class ByAgeFusion(IFusionRule fresh, IFusionRule stale) : IFusionRule
{
    private readonly IFusionRule _fresh = fresh ?? throw new ArgumentNullException(nameof(fresh));
    private readonly IFusionRule _stale = stale ?? throw new ArgumentNullException(nameof(stale));

    /// <inheritdoc/>
    public void Fuse(in FusionCandidates candidates, Span<float> destination) =>
        (candidates.ListAge == 0 ? _fresh : _stale).Fuse(candidates, destination);
}
