using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// The fusions of LSC4Rec's program, from an item's place j = 0 … K − 1 on the cloud's list and the device's p = σ(score). Its m1 is the
/// cloud's order and its m5 the device's; here are those between.
/// </summary>
/// <param name="name"><c>m2</c>: 0.5 − (j + 1) / K, and p − 0.5 beside it where that is beyond ± 0.4; <c>m3</c>: −(j + 1) / K + (p − 0.5);
/// <c>m4</c>: −(j + 1) / K + 2 (p − 0.5).</param>
internal sealed class RankFusion(string name) : IFusionRule
{
    private const double Sure = 0.4;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["m2", "m3", "m4"];

    /// <inheritdoc/>
    /// <remarks>A place is the number of candidates that the cloud scored higher; of equal ones the earlier.</remarks>
    public void Fuse(in FusionCandidates candidates, Span<float> destination)
    {
        var cloud = candidates.Cloud;
        var device = candidates.Device;
        var K = candidates.Count;
        for (var i = 0; i < K; i++)
        {
            var place = 0;
            for (var k = 0; k < K; k++)
                if (cloud[k] > cloud[i] || (cloud[k] == cloud[i] && k < i)) place++;
            var (rank, lead) = ((place + 1.0) / K, 1 / (1 + Math.Exp(-device[i])) - 0.5);
            destination[i] = (float)(name switch
            {
                "m2" => 0.5 - rank + (Math.Abs(lead) > Sure ? lead : 0),
                "m3" => lead - rank,
                _ => 2 * lead - rank,
            });
        }
    }
}
