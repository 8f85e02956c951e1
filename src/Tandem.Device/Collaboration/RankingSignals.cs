using Tandem.Protocol.Collaboration;

namespace Tandem.Device.Collaboration;

/// <summary>
/// What a device sees of its own ranking, without knowing what the user will take next: how far the list has fallen behind, and how sure
/// each side is. P is softmax(β z) over the candidates, z the device's scores and β <see cref="GainWeights.DeviceScale"/>; F is softmax
/// of the joined scores.
/// </summary>
public readonly record struct RankingSignals
{
    /// <summary>Items that NDCG is counted over.</summary>
    internal const int Depth = 10;

    /// <summary>Disagreement of cloud and device over the list, 0 to 1: <see cref="RankInconsistency"/>.</summary>
    public double Inconsistency { get; init; }

    /// <summary>P of those of the device's ten best that are not on the list.</summary>
    public double UnlistedBest { get; init; }

    /// <summary>P of all that is on the list.</summary>
    public double ListedShare { get; init; }

    /// <summary>β (greatest z on the list − greatest z), 0 or less.</summary>
    public double ListedLead { get; init; }

    /// <summary>Half the sum of |softmax(β z) − softmax(β z')| over the list, z' being the scores when it came: 0 to 1.</summary>
    public double Drift { get; init; }

    /// <summary>Greatest F.</summary>
    public double FusedTop { get; init; }

    /// <summary>Entropy of F, in nats.</summary>
    public double FusedEntropy { get; init; }

    /// <summary>NDCG@10 that F expects of its own order: Σ F at rank r ÷ log₂(r + 1), r from 1 to 10.</summary>
    public double FusedExpected { get; init; }

    /// <summary>F of all that is on the list.</summary>
    public double FusedListed { get; init; }

    /// <summary>Greatest P.</summary>
    public double DeviceTop { get; init; }

    /// <summary>NDCG@10 that P expects of its own order.</summary>
    public double DeviceExpected { get; init; }

    /// <summary>Entropy of P, in nats.</summary>
    public double DeviceEntropy { get; init; }

    /// <summary>Greatest less least log-probability of what is left of the list, in nats.</summary>
    public double CloudSpread { get; init; }

    /// <summary>ln(1 + age of the list in events).</summary>
    public double LogAge { get; init; }

    /// <summary>Writes the 14 signals in the order in which they stand here, which is that of <see cref="GainWeights.Weights"/>.</summary>
    /// <param name="destination">[14] at least.</param>
    public void CopyTo(Span<double> destination)
    {
        (destination[0], destination[1], destination[2]) = (Inconsistency, UnlistedBest, ListedShare);
        (destination[3], destination[4], destination[5]) = (ListedLead, Drift, FusedTop);
        (destination[6], destination[7], destination[8]) = (FusedEntropy, FusedExpected, FusedListed);
        (destination[9], destination[10], destination[11]) = (DeviceTop, DeviceExpected, DeviceEntropy);
        (destination[12], destination[13]) = (CloudSpread, LogAge);
    }
}
