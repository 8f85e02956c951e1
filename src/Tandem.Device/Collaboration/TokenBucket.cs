using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>
/// Keeps another policy's calls within a budget: every event earns a part of a call, saved ones are kept up to a limit, and a call
/// without one is not made. Each session has a bucket of its own, or all that the policy serves have one together; it is empty at first,
/// and a call that the cloud did not answer is paid for, too.
/// </summary>
/// <remarks>
/// A call is paid for when it ends, also one that was made because no list was there, which one session's bucket forgives where it is
/// empty. Where sessions share a bucket, those that call at the same moment may spend a saved call each: the
/// bucket then owes them, and earns before it gives again.
/// </remarks>
/// <param name="policy">Decides while there is a call to spend.</param>
/// <param name="callsPerEvent">What an event earns, above 0 to 1.</param>
/// <param name="most">Calls that can be saved, at least 1.</param>
/// <param name="isShared">True for one bucket of all sessions, such as a server's; false, the default, for one each.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class TokenBucket(IRequestPolicy policy, double callsPerEvent, double most, bool isShared = false) : IRequestPolicy
{
    private readonly IRequestPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private readonly double _perEvent = callsPerEvent is > 0 and <= 1
        ? callsPerEvent
        : throw new ArgumentOutOfRangeException(nameof(callsPerEvent), callsPerEvent, "an event earns more than 0 and at most 1 call");

    private readonly double _most = most is >= 1 and <= 1e6
        ? most
        : throw new ArgumentOutOfRangeException(nameof(most), most, "1 to 1,000,000 calls can be saved");

    private readonly Saved? _shared = isShared ? new(double.NegativeInfinity) : null;

    /// <inheritdoc/>
    public IRequestDecider Start() => new Decider(_policy.Start(), _perEvent, _most, _shared ?? new(0));

    /// <param name="least">What the calls may not fall below.</param>
    private sealed class Saved(double least)
    {
        private readonly Lock _lock = new();
        private double _calls;

        /// <summary>Adds what was earned, and tells whether there is a call to spend.</summary>
        public bool Earn(double calls, double most)
        {
            lock (_lock) return (_calls = Math.Min(most, _calls + calls)) >= 1;
        }

        public void Spend()
        {
            lock (_lock) _calls = Math.Max(least, _calls - 1);
        }
    }

    private sealed class Decider(IRequestDecider inner, double perEvent, double most, Saved saved) : IRequestDecider
    {
        private readonly string _empty = string.Create(
            CultureInfo.InvariantCulture, $"the budget of {perEvent:0.###} calls an event is spent");

        private long _counted;

        public bool DecidesWithoutList => inner.DecidesWithoutList;

        public double SignalScale => inner.SignalScale;

        public RequestDecision Decide(in RequestSituation situation)
        {
            var events = situation.Events;
            var earned = Math.Max(0, events - _counted) * perEvent;
            _counted = Math.Max(_counted, events); // an event that is taken back and comes again earns nothing twice
            return saved.Earn(earned, most) ? inner.Decide(situation) : new(false, _empty);
        }

        public void Record(in RequestOutcome outcome)
        {
            if (outcome.Asked) saved.Spend();
            inner.Record(outcome);
        }
    }
}
