using System.Threading.Channels;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>
/// Group commit: while one transaction is on its way to the disk, further appends gather, and the next transaction takes all of them.
/// So one flush serves as many as wait, each learns its own receipt, and there is one writer. Where the queue is full, appends wait for a
/// place.
/// </summary>
internal sealed class AppendQueue : IAsyncDisposable
{
    private readonly Channel<Append> _waiting;
    private readonly Func<IReadOnlyList<Append>, Task<int[]>> _keep;
    private readonly int _eventsPerCommit;
    private readonly Task _loop;

    /// <param name="options">How many wait, and how many are taken together.</param>
    /// <param name="keep">Keeps appends in one transaction, returns how many events of each were new; is not called twice at once.</param>
    public AppendQueue(StoreOptions options, Func<IReadOnlyList<Append>, Task<int[]>> keep)
    {
        (_keep, _eventsPerCommit) = (keep, options.EventsPerCommit);
        _waiting = Channel.CreateBounded<Append>(new BoundedChannelOptions(options.MostWaiting) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Waits for a place, then until the events are durable.</summary>
    /// <exception cref="ObjectDisposedException">No more are taken.</exception>
    public async Task<EventReceipt> AddAsync(Append append, CancellationToken cancel)
    {
        try
        {
            await _waiting.Writer.WriteAsync(append, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(IStore), "the store is closed; the events were not kept");
        }

        try
        {
            return await append.Receipt.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            append.Withdraw();
            throw;
        }
    }

    /// <summary>Takes no more; those that have a place are kept.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var group = new List<Append>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            for (var events = 0; events < _eventsPerCommit && _waiting.Reader.TryRead(out var append);)
            {
                if (!append.TryTake()) continue;
                group.Add(append);
                events += append.Events.Count;
            }

            if (group.Count > 0) await KeepAsync(group);
        }
    }

    private async Task KeepAsync(List<Append> group)
    {
        try
        {
            var added = await _keep(group);
            for (var i = 0; i < added.Length; i++) group[i].Acknowledge(added[i]);
        }
        catch (Exception e) // whatever it is: those who wait must hear of it, and the next may succeed
        {
            foreach (var append in group) append.Fail(e);
        }
    }
}
