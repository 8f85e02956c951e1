using Tandem.Cloud.Models;

namespace Tandem.Cloud.Tests.Models;

public sealed class BatchQueueTests : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<int[]> _batches = [];

    public void Dispose() => _turn.Dispose();

    [Fact]
    public async Task What_waits_is_answered_in_batches_each_by_its_own()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken); // the model is busy
        var queue = Queue(new() { MostAtOnce = 4 });
        var answers = Enumerable.Range(0, 10).Select(i => Asked(queue, i)).ToArray();
        _turn.Release();
        var answered = await Task.WhenAll(answers);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => -i), answered);
        Assert.Equal([4, 4, 2], _batches.Select(batch => batch.Length));
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_and_says_how_long_it_is()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        var queue = Queue(new() { MostAtOnce = 1, MostWaiting = 3 });
        var answers = Enumerable.Range(0, 3).Select(i => Asked(queue, i)).ToArray();
        Assert.Equal(3, queue.Waiting);
        Assert.False(queue.TryAsk(3, CancellationToken.None, out _));
        _turn.Release();
        var answered = await Task.WhenAll(answers);
        Assert.Equal([0, -1, -2], answered);
        Assert.True(queue.TryAsk(3, CancellationToken.None, out var later));
        Assert.Equal(-3, await later);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_spoils_a_batch_fails_alone()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        var queue = Queue(new());
        var (before, spoiled, after) = (Asked(queue, 1), Asked(queue, 13), Asked(queue, 2));
        _turn.Release();
        Assert.Equal(-1, await before);
        Assert.Equal(-2, await after);
        await Assert.ThrowsAsync<ArithmeticException>(() => spoiled);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_computed()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        using var gone = new CancellationTokenSource();
        var queue = Queue(new());
        Assert.True(queue.TryAsk(1, gone.Token, out var left));
        var stays = Asked(queue, 2);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _turn.Release();
        Assert.Equal(-2, await stays);
        Assert.Equal([[2]], _batches);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Closing_answers_what_waits()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        var queue = Queue(new());
        var waiting = Asked(queue, 5);
        var closing = queue.DisposeAsync();
        _turn.Release();
        Assert.Equal(-5, await waiting);
        await closing;
        Assert.False(queue.TryAsk(6, CancellationToken.None, out _));
    }

    private static Task<int> Asked(BatchQueue<int, int> queue, int request)
    {
        Assert.True(queue.TryAsk(request, CancellationToken.None, out var answer));
        return answer;
    }

    private BatchQueue<int, int> Queue(BatchQueueOptions options) => new(
        (requests, _) =>
        {
            if (requests.Contains(13)) throw new ArithmeticException("13");
            _batches.Add([.. requests]);
            return new([.. requests.Select(request => -request)]);
        },
        options, _turn, TimeProvider.System);
}
