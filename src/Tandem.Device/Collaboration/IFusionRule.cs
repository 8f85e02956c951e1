namespace Tandem.Device.Collaboration;

/// <summary>Cloud score, device score, age → final score of a candidate.</summary>
/// <remarks>
/// One rule serves any number of sessions at once, so it holds nothing of a user. A candidate that either source scored gets a finite
/// score; one that neither did gets NaN and is not ranked. What a source lacks, the rules of this library take for the least score that it
/// has for any of the candidates: whoever is not vouched for by a source comes before none whom it vouched for, by that source alone. A
/// source without any score has no say.
/// </remarks>
public interface IFusionRule
{
    /// <summary>Fuses the scores of one set of candidates.</summary>
    /// <param name="candidates">[N] with the scores of both sources.</param>
    /// <param name="destination">[N] at least: final scores, higher is better; only their order has a meaning.</param>
    void Fuse(in FusionCandidates candidates, Span<float> destination);
}
