using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

/// <summary>What becomes of a request.</summary>
public enum Loss
{
    None,
    Request,
    Answer,
    Lie,
    Busy,
}

/// <summary>Keeps each event once by its id, and loses requests and answers as a test says.</summary>
internal sealed class EventCloud : ICloud
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public Loss Loss { get; set; }

    /// <summary>What an answer waits for.</summary>
    public Task Wait { get; set; } = Task.CompletedTask;

    /// <summary>Done when the events are kept and no answer is given yet.</summary>
    public Action? BeforeAnswer { get; set; }

    /// <summary>As they came, received or not.</summary>
    public List<EventBatch> Batches { get; } = [];

    public List<ReportedEvent> Kept { get; } = [];

    /// <summary>Events that it had already.</summary>
    public int Repeated { get; private set; }

    public async ValueTask<CloudAnswer<EventReceipt>> SendEventsAsync(EventBatch batch, CancellationToken cancel = default)
    {
        Batches.Add(batch);
        await Wait.WaitAsync(cancel);
        var added = Loss is Loss.Request or Loss.Busy ? 0 : Keep(batch);
        BeforeAnswer?.Invoke();
        cancel.ThrowIfCancellationRequested();
        return Loss switch
        {
            Loss.Request or Loss.Answer => new CloudFault { Kind = CloudFaultKind.Unreachable, Message = "lost" },
            Loss.Busy => new CloudFault
            {
                Kind = CloudFaultKind.Busy,
                Message = "closed",
                RetryAfterSeconds = batch.Events.Count == 1 ? 30 : null,
            },
            Loss.Lie => new EventReceipt { Added = added, Known = batch.Events.Count - added + 1 },
            _ => new EventReceipt { Added = added, Known = batch.Events.Count - added },
        };
    }

    private int Keep(EventBatch batch)
    {
        var added = 0;
        foreach (var e in batch.Events.Where(e => _ids.Add(e.Id)))
        {
            Kept.Add(e);
            added++;
        }

        Repeated += batch.Events.Count - added;
        return added;
    }
}
