using System.Globalization;

namespace Tandem.Device.Collaboration;

/// <summary>Asks once in so many events, whatever the device sees.</summary>
/// <param name="events">N: events between two calls, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
public sealed class EveryEvents(int events) : IRequestPolicy, IRequestDecider
{
    private readonly int _events = events >= 1
        ? events
        : throw new ArgumentOutOfRangeException(nameof(events), events, "at least 1 event lies between two calls");

    private readonly string _reason = string.Create(CultureInfo.InvariantCulture, $"asks every {events} events");

    /// <inheritdoc/>
    public IRequestDecider Start() => this;

    /// <inheritdoc/>
    public RequestDecision Decide(in RequestSituation situation) => new(situation.EventsSinceCall >= _events, _reason);
}
