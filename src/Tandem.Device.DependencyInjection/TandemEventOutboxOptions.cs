namespace Tandem.Device.DependencyInjection;

/// <summary>Where a user's events wait, and when they are sent.</summary>
public sealed class TandemEventOutboxOptions
{
    /// <summary>File of the events that wait, in an existing folder, apart from the session's log. Required.</summary>
    public string File { get; set; } = "";

    /// <summary>How much is kept and sent at once. Default: as <see cref="EventOutboxOptions"/>.</summary>
    public EventOutboxOptions Outbox { get; set; } = new();

    /// <summary>
    /// From one request to the next, 1 s to a day, give or take a tenth by chance, so that devices that start together do not send
    /// together. Default 30 s: a phone's radio is woken once for a few clicks. After faults it doubles, up to 15 min, and is never
    /// shorter than the cloud asks.
    /// </summary>
    public TimeSpan SendEvery { get; set; } = TimeSpan.FromSeconds(30);
}
