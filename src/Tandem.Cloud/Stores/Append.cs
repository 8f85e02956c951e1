using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>
/// Events or an exposure of one device that wait to be kept. Whoever sent them withdraws them, or the store takes them; never both.
/// </summary>
internal sealed class Append(DeviceId device, IReadOnlyList<NewEvent> events, long received)
{
    private const int Waiting = 0, Taken = 1, Withdrawn = 2;

    // The caller goes on on another thread: the store's next transaction does not wait for it.
    private readonly TaskCompletionSource<EventReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Waiting;

    public DeviceId Device => device;

    public IReadOnlyList<NewEvent> Events { get; private set; } = events;

    public long Received => received;

    /// <summary>What the device was given before the events; null for nothing.</summary>
    public Exposure? Exposure { get; init; }

    /// <summary>Ends when the events are durable, or fails.</summary>
    public Task<EventReceipt> Receipt => _receipt.Task;

    /// <summary>True where the store is to keep them.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Has no effect once they are taken.</summary>
    public void Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting) Events = [];
    }

    /// <param name="added">How many of them were new.</param>
    public void Acknowledge(int added) => _receipt.TrySetResult(new() { Added = added, Known = Events.Count - added });

    public void Fail(Exception e)
    {
        _receipt.TrySetException(e);
        _ = _receipt.Task.Exception; // seen, though whoever sent them may have stopped waiting
    }
}
