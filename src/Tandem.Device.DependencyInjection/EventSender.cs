using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Tandem.Device.DependencyInjection;

/// <summary>
/// Sends the events of an <see cref="EventOutbox"/> from time to time. A host runs it; an app without one calls
/// <see cref="BackgroundService.StartAsync"/> and <see cref="BackgroundService.StopAsync"/> itself. What is not sent when it stops waits in
/// the file.
/// </summary>
public sealed class EventSender : BackgroundService
{
    private const int MostDoublings = 20;
    private static readonly TimeSpan _mostBackoff = TimeSpan.FromMinutes(15);

    private readonly EventOutbox _outbox;
    private readonly ICloud _cloud;
    private readonly TandemEventOutboxOptions _options;

    /// <param name="outbox">What is sent.</param>
    /// <param name="cloud">To whom.</param>
    /// <param name="options">When.</param>
    public EventSender(EventOutbox outbox, ICloud cloud, IOptions<TandemEventOutboxOptions> options)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(options);
        (_outbox, _cloud, _options) = (outbox, cloud, options.Value);
    }

    /// <summary>What came of the last request; null before the first.</summary>
    public OutboxOutcome? Last { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var faults = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var outcome = await _outbox.SendAsync(_cloud, stoppingToken).ConfigureAwait(false);
            Last = outcome;
            faults = !outcome.HasFault ? 0 : Math.Min(faults + 1, MostDoublings);
            var wait = Jitter(Backoff(_options.SendEvery, faults));
            if (outcome.RetryAfter > wait) wait = outcome.RetryAfter;
            await Task.Delay(wait, _options.Outbox.Time, stoppingToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan Backoff(TimeSpan every, int faults)
    {
        var longer = every * Math.Pow(2, faults);
        return longer <= _mostBackoff ? longer : every > _mostBackoff ? every : _mostBackoff;
    }

    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.9 + 0.2 * RandomNumberGenerator.GetInt32(1_001) / 1_000);
}
