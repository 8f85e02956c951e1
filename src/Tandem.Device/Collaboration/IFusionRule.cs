namespace Tandem.Device.Collaboration;

/// <summary>Cloud score, device score, age → final score of a candidate.</summary>
/// <remarks>
/// One rule serves any number of sessions at once, so it holds nothing of a user. A candidate that either source scored gets a finite
/// score; one that neither did gets NaN and is not ranked. Where a source has no score for a candidate, the rules of this library use
/// the least score that the source has for any of them, so that by this source alone such a candidate is never ranked above one that it
/// scored. A source without any score has no influence.
/// </remarks>
public interface IFusionRule
{
    /// <summary>Fuses the scores of one set of candidates.</summary>
    /// <param name="candidates">[N] with the scores of both sources.</param>
    /// <param name="destination">[N] at least: final scores, higher is better; only their order has a meaning.</param>
    void Fuse(in FusionCandidates candidates, Span<float> destination);
}
