namespace Tandem.Learning.Training;

/// <summary>A thread per replica; the caller's own thread serves the first.</summary>
/// <remarks>
/// Threads of their own, not of the pool: libtorch reads the number of its inner threads when a thread first computes, and a step is
/// too short to wait for a pool that grows slowly.
/// </remarks>
internal sealed class ReplicaThreads : IDisposable
{
    private readonly Barrier _barrier;
    private readonly Thread[] _threads;
    private readonly Exception?[] _faults;
    private volatile Action<int>? _work;

    /// <param name="replicas">1 or more.</param>
    public ReplicaThreads(int replicas)
    {
        _barrier = new Barrier(replicas);
        _faults = new Exception?[replicas];
        _threads = [.. Enumerable.Range(1,
            replicas - 1).Select(r => new Thread(() => Serve(r)) { IsBackground = true, Name = $"replica {r}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Calls <paramref name="work"/> with 0 … replicas − 1, side by side, and waits for all of them.</summary>
    /// <exception cref="Exception">The first replica's fault, in their order.</exception>
    public void Run(Action<int> work)
    {
        _work = work;
        _barrier.SignalAndWait();
        Try(0, work);
        _barrier.SignalAndWait();
        if (_faults.FirstOrDefault(f => f is not null) is not { } fault) return;
        Array.Clear(_faults);
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    public void Dispose()
    {
        _work = null;
        _barrier.SignalAndWait();
        foreach (var thread in _threads) thread.Join();
        _barrier.Dispose();
    }

    private void Serve(int replica)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_work is not { } work) return;
            Try(replica, work);
            _barrier.SignalAndWait();
        }
    }

    private void Try(int replica, Action<int> work)
    {
        try
        {
            work(replica);
        }
        catch (Exception e)
        {
            _faults[replica] = e; // thrown by Run, once all replicas stand still
        }
    }
}
