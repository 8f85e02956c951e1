using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>
/// Keeps another policy's calls within a budget: every event earns a part of a call, saved ones are kept up to a limit, and a call
/// without one is not made. Each session has a bucket of its own, empty at first, and a call that the cloud did not answer is paid for,
/// too.
/// </summary>
/// <param name="policy">Decides while there is a call to spend.</param>
/// <param name="callsPerEvent">What an event earns, above 0 to 1.</param>
/// <param name="most">Calls that can be saved, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class TokenBucket(IRequestPolicy policy, double callsPerEvent, double most) : IRequestPolicy
{
    private readonly IRequestPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private readonly double _perEvent = callsPerEvent is > 0 and <= 1
        ? callsPerEvent
        : throw new ArgumentOutOfRangeException(nameof(callsPerEvent), callsPerEvent, "an event earns more than 0 and at most 1 call");

    private readonly double _most = most is >= 1 and <= 1e6
        ? most
        : throw new ArgumentOutOfRangeException(nameof(most), most, "1 to 1,000,000 calls can be saved");

    /// <inheritdoc/>
    public IRequestDecider Start() => new Decider(_policy.Start(), _perEvent, _most);

    private sealed class Decider(IRequestDecider inner, double perEvent, double most) : IRequestDecider
    {
        private readonly string _empty = string.Create(
            CultureInfo.InvariantCulture, $"the budget of {perEvent:0.###} calls an event is spent");

        private double _saved;
        private long _counted;

        public bool DecidesWithoutList => inner.DecidesWithoutList;

        public double SignalScale => inner.SignalScale;

        public RequestDecision Decide(in RequestSituation situation)
        {
            var events = situation.Events;
            if (events > _counted) _saved = Math.Min(most, _saved + (events - _counted) * perEvent);
            _counted = Math.Max(_counted, events); // an event that is taken back and comes again earns nothing twice
            return _saved >= 1 ? inner.Decide(situation) : new(false, _empty);
        }

        public void Record(in RequestOutcome outcome)
        {
            if (outcome.Asked) _saved = Math.Max(0, _saved - 1);
            inner.Record(outcome);
        }
    }
}
