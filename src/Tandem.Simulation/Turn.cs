using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>One user's recommendation against what came next.</summary>
/// <param name="User">User number.</param>
/// <param name="Target">The item that came next.</param>
/// <param name="Best">Recommended items, best first.</param>
/// <param name="ListAge">Events since the list that ranked was made.</param>
/// <param name="Calls">Calls for a list after the first, over all views.</param>
/// <param name="Asked">True where the device called at the measured view.</param>
/// <param name="DeviceMicros">Time to take in the last event and rank, in microseconds.</param>
public sealed record Turn(int User, int Target, Recommendation[] Best, int ListAge, int Calls, bool Asked, double DeviceMicros)
{
    /// <summary>Views with a decision.</summary>
    public int Views { get; init; } = 1;

    /// <summary>What was exchanged with the cloud, the first list included.</summary>
    public Traffic Traffic { get; init; }

    /// <summary>The same after the first list.</summary>
    public Traffic Later { get; init; }

    /// <summary>What the device saw of its ranking when it decided at the measured view; null without a list.</summary>
    public RankingSignals? Signals { get; init; }

    /// <summary>All candidates of that ranking, where they were asked for.</summary>
    public CandidateScores? Candidates { get; init; }

    /// <summary>Disagreement of cloud and device over the list on which the device decided.</summary>
    public double Inconsistency => Signals?.Inconsistency ?? 0;

    /// <summary>Place of the target, from 1; infinite where it was not recommended.</summary>
    public double Rank
    {
        get
        {
            var place = Array.FindIndex(Best, r => r.Item == Target);
            return place < 0 ? double.PositiveInfinity : place + 1;
        }
    }
}
