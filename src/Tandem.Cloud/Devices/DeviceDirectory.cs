using Microsoft.Extensions.Logging;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Devices;

/// <summary>
/// Devices as endpoints see them. A device whose silo has just died is nowhere for some seconds: what it remembers is then left out, and
/// nobody's request fails for it.
/// </summary>
/// <param name="grains">Finds them.</param>
/// <param name="logger">Of what was left out.</param>
internal sealed partial class DeviceDirectory(IGrainFactory grains, ILogger<DeviceDirectory> logger)
{
    /// <summary>Keys of its latest items, oldest first; null where it cannot be reached.</summary>
    public Task<string[]?> HistoryAsync(DeviceId device, CancellationToken cancel) =>
        TryAsync<string[]?>(device, async grain => await grain.HistoryAsync().ConfigureAwait(false), null, cancel);

    /// <summary>Takes calls to models from its budget, all or none.</summary>
    /// <returns>The refusal where it has too few left; null where it had them, or cannot be reached.</returns>
    public async Task<Refusal?> SpendAsync(DeviceId device, int calls, CancellationToken cancel)
    {
        var wait = await TryAsync(device, async grain => await grain.SpendAsync(calls).ConfigureAwait(false), TimeSpan.Zero, cancel)
            .ConfigureAwait(false);
        return wait > TimeSpan.Zero
            ? new(RefusalKind.BudgetSpent, "the device has used up the calls that it may cause", wait)
            : null;
    }

    /// <summary>A list went to it. Does not wait.</summary>
    public void Listed(DeviceId device, string[] items) => Tell(device, grain => grain.ListedAsync(items));

    /// <summary>Events of it are kept. Does not wait.</summary>
    public void Observed(DeviceId device, IEnumerable<NewEvent> events)
    {
        NewEvent[] latest = [.. events.TakeLast(DeviceGrain.MostItems)];
        Tell(device, grain => grain.ObservedAsync([.. latest.Select(e => e.Id)], [.. latest.Select(e => e.Item)]));
    }

    /// <summary>Its user was erased. A device that cannot be reached comes back from the store, which has forgotten it.</summary>
    public Task ForgetAsync(DeviceId device) => TryAsync(
        device,
        async grain =>
        {
            await grain.ForgetAsync().ConfigureAwait(false);
            return true;
        },
        otherwise: false, CancellationToken.None);

    private IDeviceGrain Of(DeviceId device) => grains.GetGrain<IDeviceGrain>(DeviceGrain.KeyOf(device));

    private async Task<T> TryAsync<T>(DeviceId device, Func<IDeviceGrain, Task<T>> ask, T otherwise, CancellationToken cancel)
    {
        try
        {
            return await ask(Of(device)).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException) // whatever a cluster throws while it changes
        {
            LogLeftOut(e);
            return otherwise;
        }
    }

    private void Tell(DeviceId device, Func<IDeviceGrain, ValueTask> tell) => _ = TryAsync(
        device,
        async grain =>
        {
            await tell(grain).ConfigureAwait(false);
            return true;
        },
        otherwise: false, CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a device could not be reached; what it remembers was left out")]
    private partial void LogLeftOut(Exception e);
}
