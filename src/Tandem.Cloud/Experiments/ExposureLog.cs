using Microsoft.Extensions.Logging;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Experiments;

/// <summary>What devices are given, on its way to the store. Nobody waits for it, and what the store does not take is left out.</summary>
/// <param name="experiments">That run.</param>
/// <param name="store">Keeps exposures.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Of what was left out.</param>
internal sealed partial class ExposureLog(
    IReadOnlyList<Experiment> experiments, IStore store, TimeProvider time, ILogger<ExposureLog> logger)
{
    private const int MostWaiting = 10_000;

    private int _waiting;

    /// <summary>The arms of a device.</summary>
    public DeviceArms ArmsOf(DeviceId device) => experiments.Count == 0 ? DeviceArms.None : DeviceArms.Of(experiments, device);

    /// <summary>The device was told of its arms.</summary>
    public void Told(DeviceId device, DeviceArms arms) => Add(device, arms, model: null, []);

    /// <summary>The device was given a list.</summary>
    /// <param name="device">Which.</param>
    /// <param name="arms">Its own.</param>
    /// <param name="model">Version of the weights that made it.</param>
    /// <param name="keys">Of its items.</param>
    public void Listed(DeviceId device, DeviceArms arms, string model, IEnumerable<string> keys)
    {
        if (arms.Given.Count > 0) Add(device, arms, model, [.. keys.Select(ItemHash.Of)]);
    }

    private void Add(DeviceId device, DeviceArms arms, string? model, uint[] items)
    {
        if (arms.Given.Count > 0) _ = AddAsync(device, new() { Arms = arms.Given, Model = model, Items = items });
    }

    private async Task AddAsync(DeviceId device, Exposure exposure)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting) LogFull();
            else await store.Exposures.AddAsync(device, exposure, time.GetUtcNow().ToUnixTimeSeconds()).ConfigureAwait(false);
        }
        catch (Exception e) // nobody waits for it
        {
            LogLost(e);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "an exposure was not kept: more wait than may")]
    private partial void LogFull();

    [LoggerMessage(Level = LogLevel.Warning, Message = "an exposure was not kept")]
    private partial void LogLost(Exception e);
}
