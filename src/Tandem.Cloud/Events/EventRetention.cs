using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Events;

/// <summary>Deletes events that are older than they are to be kept, once an hour.</summary>
internal sealed partial class EventRetention(RetentionOptions options, IStore store, TimeProvider time, ILogger<EventRetention> logger)
    : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Longest is not { } kept) return;
        using var timer = new PeriodicTimer(_period, time);
        do
        {
            try
            {
                var deleted = await store.Events.ExpireAsync((time.GetUtcNow() - kept).ToUnixTimeSeconds(), stoppingToken).ConfigureAwait(
                    false);
                if (deleted > 0) LogDeleted(deleted, kept);
            }
            catch (Exception e) when (e is not OperationCanceledException) // the next hour tries again
            {
                LogFault(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "deleted {Events} events that were older than {Kept}")]
    private partial void LogDeleted(long events, TimeSpan kept);

    [LoggerMessage(Level = LogLevel.Error, Message = "events could not be deleted")]
    private partial void LogFault(Exception e);
}
