using Tandem.Device;

namespace Tandem.Simulation;

/// <summary>One user's recommendation against what came next.</summary>
/// <param name="User">User number.</param>
/// <param name="Target">The item that came next.</param>
/// <param name="Best">Recommended items, best first.</param>
/// <param name="Inconsistency">Of cloud and device over the list on which the device decided.</param>
/// <param name="ListAge">Events since the list that ranked was made.</param>
/// <param name="Asked">True where the device called the cloud for a new list.</param>
/// <param name="DeviceMicros">Time to take in the last event and rank, in microseconds.</param>
public sealed record Turn(
    int User, int Target, Recommendation[] Best, double Inconsistency, int ListAge, bool Asked, double DeviceMicros)
{
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
