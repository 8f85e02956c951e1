namespace Tandem.Simulation.Personalization;

/// <summary>
/// Which weights a device has when its user is asked about: it got some at the first event and new ones whenever the rule said so. Counts
/// events and refreshes on the way.
/// </summary>
/// <param name="rule">When weights are made anew.</param>
public sealed class HeldWeights(RefreshRule rule)
{
    private long _events;
    private long _refreshes;

    /// <summary>Refreshes for 100 events after the first.</summary>
    public double RefreshesPer100 => _events == 0 ? 0 : 100.0 * _refreshes / _events;

    /// <summary>Plays a history.</summary>
    /// <param name="numbers">[T × S] what would be made at each event.</param>
    /// <param name="events">T.</param>
    /// <returns>The event, from 0, whose numbers serve after the last.</returns>
    public int Choose(float[] numbers, int events)
    {
        var (served, size) = (0, numbers.Length / events);
        for (var t = 1; t < events; t++)
        {
            if (!rule.IsDue(Of(t), Of(served), t - served)) continue;
            served = t;
            _refreshes++;
        }

        _events += events - 1;
        return served;

        float[] Of(int t) => numbers[(t * size)..((t + 1) * size)];
    }
}
