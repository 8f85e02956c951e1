namespace Tandem.Cloud.Stores;

/// <summary>
/// Keeps what devices were given while they were in experiments. A device's exposures are deleted with its events
/// (<see cref="IEventStore.EraseAsync"/>, <see cref="IEventStore.ExpireAsync"/>).
/// </summary>
public interface IExposureStore
{
    /// <summary>Keeps an exposure; it is durable when this returns.</summary>
    /// <param name="device">Whose.</param>
    /// <param name="exposure">What it was given.</param>
    /// <param name="received">Unix seconds.</param>
    /// <param name="cancel">Ends the wait. The exposure may be kept all the same.</param>
    /// <exception cref="ArgumentException">A name cannot be kept, or there are no arms or too many; nothing was kept.</exception>
    /// <exception cref="Stores.StoreException">The store could not be written.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    Task AddAsync(DeviceId device, Exposure exposure, long received, CancellationToken cancel = default);

    /// <summary>All exposures of an app in the order in which they were kept.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="cancel">Ends the reading.</param>
    IAsyncEnumerable<StoredExposure> ReadAsync(string app, CancellationToken cancel = default);
}
