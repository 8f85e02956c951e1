using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// Weighs the device by its confidence: s = (1 − w) log p(cloud) + w log p(device), both a softmax over the candidates, and w = σ(k (p −
/// τ)) with p the greatest of the device's. A candidate that one side has no score for gets the least of that side.
/// </summary>
/// <param name="slope">k.</param>
/// <param name="threshold">τ.</param>
internal sealed class ConfidenceFusion(double slope, double threshold) : IFusionRule
{
    /// <inheritdoc/>
    public void Fuse(in FusionCandidates candidates, Span<float> destination)
    {
        var (cloud, device) = (LogShares(candidates.Cloud), LogShares(candidates.Device));
        var own = 1 / (1 + Math.Exp(-slope * (Math.Exp(device.DefaultIfEmpty().Max()) - threshold)));
        for (var i = 0; i < cloud.Length; i++)
        {
            destination[i] = float.IsNaN(candidates.Cloud[i]) && float.IsNaN(candidates.Device[i])
                ? float.NaN
                : (float)((1 - own) * cloud[i] + own * device[i]);
        }
    }

    private static double[] LogShares(ReadOnlySpan<float> scores)
    {
        double[] known = [.. scores.ToArray().Where(score => !float.IsNaN(score)).Select(score => (double)score)];
        if (known.Length == 0) return new double[scores.Length];
        var (least, greatest) = (known.Min(), known.Max());
        var shares = Array.ConvertAll(scores.ToArray(), score => (float.IsNaN(score) ? least : score) - greatest);
        var total = Math.Log(shares.Sum(Math.Exp));
        return Array.ConvertAll(shares, share => share - total);
    }
}
