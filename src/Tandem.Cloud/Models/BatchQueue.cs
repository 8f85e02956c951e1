using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Tandem.Cloud.Requests;

namespace Tandem.Cloud.Models;

/// <summary>
/// Requests that wait for a model, answered in batches: while one batch is computed the next gathers, so that batches grow with the load
/// and nobody waits for a batch to fill.
/// </summary>
/// <typeparam name="TRequest">What is asked.</typeparam>
/// <typeparam name="TAnswer">One for each request.</typeparam>
internal sealed class BatchQueue<TRequest, TAnswer> : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<TRequest>, CancellationToken, ValueTask<IReadOnlyList<TAnswer>>> _answer;
    private readonly BatchQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn;
    private readonly Channel<Asked> _waiting;
    private readonly Task _work;
    private double _pace;   // seconds a request, of the last batches

    /// <param name="answer">Answers a batch, in its order.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="turn">Taken for each batch: queues of one network share it, for no network answers two batches at once.</param>
    /// <param name="time">Measures batches.</param>
    public BatchQueue(
        Func<IReadOnlyList<TRequest>, CancellationToken, ValueTask<IReadOnlyList<TAnswer>>> answer, BatchQueueOptions options,
        SemaphoreSlim turn, TimeProvider time)
    {
        (_answer, _options, _turn, _time) = (answer, options, turn, time);
        _waiting = Channel.CreateBounded<Asked>(new BoundedChannelOptions(options.MostWaiting) { SingleReader = true });
        _work = Task.Run(WorkAsync);
    }

    /// <summary>How long a request that comes now is likely to wait.</summary>
    public TimeSpan ExpectedWait => TimeSpan.FromSeconds(Volatile.Read(ref _pace) * (_waiting.Reader.Count + 1));

    /// <summary>Requests that wait.</summary>
    public int Waiting => _waiting.Reader.Count;

    /// <summary>Puts a request into the queue.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancel">Takes it out again, also when its deadline has passed; one that is being computed is computed to its
    /// end.</param>
    /// <param name="answer">Its answer to come; null where there is no room.</param>
    public bool TryAsk(TRequest request, CancellationToken cancel, [NotNullWhen(true)] out Task<TAnswer>? answer)
    {
        var asked = new Asked(request, _time.GetTimestamp(), cancel);
        answer = _waiting.Writer.TryWrite(asked) ? asked.Answer.Task.WaitAsync(cancel) : null;
        return answer is not null;
    }

    /// <summary>Answers what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_waiting.Writer.TryComplete()) return;
        await _work.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        var batch = new List<Asked>(_options.MostAtOnce);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                while (batch.Count < _options.MostAtOnce && _waiting.Reader.TryRead(out var asked))
                {
                    if (asked.Cancel.IsCancellationRequested) asked.Answer.TrySetCanceled(asked.Cancel);
                    else batch.Add(asked);
                }

                if (batch.Count > 0) await AnswerAsync(batch).ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
                batch.Clear();
            }
        }
    }

    private async Task AnswerAsync(List<Asked> batch)
    {
        var began = _time.GetTimestamp();
        foreach (var asked in batch) ServiceMeter.QueueTime.Record(_time.GetElapsedTime(asked.Came, began).TotalMilliseconds);
        try
        {
            var answers = await _answer([.. batch.Select(asked => asked.Request)], CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++) batch[i].Answer.TrySetResult(answers[i]);
        }
        catch (Exception e) when (batch.Count == 1) // whatever a model throws is the fault of this request alone
        {
            batch[0].Answer.TrySetException(e);
            _ = batch[0].Answer.Task.Exception; // seen, should the caller have given up
        }
        catch (Exception) // one request may spoil a batch, so each is answered by itself
        {
            foreach (var asked in batch.ToArray()) await AnswerAsync([asked]).ConfigureAwait(false);
        }

        var pace = _time.GetElapsedTime(began).TotalSeconds / batch.Count;
        Volatile.Write(ref _pace, _pace == 0 ? pace : 0.8 * _pace + 0.2 * pace);
    }

    private sealed record Asked(TRequest Request, long Came, CancellationToken Cancel)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
