using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>Keeps what devices report. What it has acknowledged survives the end of the process and of the machine's power.</summary>
public interface IEventStore
{
    /// <summary>
    /// Keeps the events that are new, all of them or none; they are durable when it returns. Where two have the same id, the first that
    /// arrived stays, within a call as across calls.
    /// </summary>
    /// <param name="device">Whose.</param>
    /// <param name="events">In the order in which they are kept; may be empty.</param>
    /// <param name="received">Unix seconds.</param>
    /// <param name="cancel">Ends the wait. The events may be kept all the same; sending them again is safe.</param>
    /// <exception cref="ArgumentException">
    /// A text is empty, longer than its limit, or holds U+0000 or half a surrogate pair, or a value is not finite; nothing was kept.
    /// </exception>
    /// <exception cref="Stores.StoreException">
    /// The store could not be written; the events may be kept all the same, and sending them again is safe.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The store is closed or is being closed, and the events were not kept.</exception>
    Task<EventReceipt> AppendAsync(DeviceId device, IReadOnlyList<NewEvent> events, long received, CancellationToken cancel = default);

    /// <summary>A device's latest events in the order of arrival, oldest first.</summary>
    /// <param name="device">Whose.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancel">Ends the call.</param>
    Task<IReadOnlyList<StoredEvent>> RecentAsync(DeviceId device, int most, CancellationToken cancel = default);

    /// <summary>
    /// All events of an app in the order of arrival. Events that arrive meanwhile may or may not be among them; none is left out between
    /// two that are, and a reading that goes on after the last sequence of an earlier one misses nothing.
    /// </summary>
    /// <param name="app">Whose; null for all apps.</param>
    /// <param name="after">Events of a greater sequence; 0 for all.</param>
    /// <param name="cancel">Ends the reading.</param>
    IAsyncEnumerable<StoredEvent> ReadAsync(string? app = null, long after = 0, CancellationToken cancel = default);

    /// <summary>How many events there are.</summary>
    Task<long> CountAsync(CancellationToken cancel = default);

    /// <summary>
    /// Deletes all that is kept of a device's user. Of a SQLite store nothing is left in its files when this returns; a PostgreSQL server
    /// overwrites the bytes when it uses their pages and its log anew (VACUUM FULL and a checkpoint make it do so).
    /// </summary>
    /// <returns>Events deleted.</returns>
    Task<long> EraseAsync(DeviceId device, CancellationToken cancel = default);

    /// <summary>
    /// Deletes events that were received before a time, and the devices that have no other, a part at a time: appends go on meanwhile.
    /// </summary>
    /// <param name="before">Unix seconds.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Events deleted.</returns>
    Task<long> ExpireAsync(long before, CancellationToken cancel = default);
}
