using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Sentences;

/// <summary>Pieces of work on several threads, inside each of which libtorch computes on that one alone.</summary>
internal static class SideBySide
{
    /// <summary>Does all pieces, in their order as threads come free.</summary>
    /// <param name="pieces">One alone is done here, on as many threads as libtorch has.</param>
    /// <param name="threads">Most that work at a time.</param>
    /// <param name="work">Does one; the first that throws ends the others before their next piece.</param>
    /// <param name="cancel">Ends them before their next piece.</param>
    public static void Run<T>(IReadOnlyList<T> pieces, int threads, Action<T> work, CancellationToken cancel)
    {
        if (pieces.Count == 1)
        {
            cancel.ThrowIfCancellationRequested();
            work(pieces[0]);
            return;
        }

        // Threads of their own, for what libtorch is told here reaches threads that have not used it before.
        var before = get_num_threads();
        set_num_threads(1);
        try
        {
            var (next, fault) = (-1, (Exception?)null);
            var count = Math.Min(threads, pieces.Count);
            Thread[] workers = [.. Enumerable.Range(0, count).Select(_ => new Thread(Work) { IsBackground = true })];
            foreach (var worker in workers) worker.Start();
            foreach (var worker in workers) worker.Join();
            if (fault is not null) ExceptionDispatchInfo.Throw(fault);
            cancel.ThrowIfCancellationRequested();

            void Work()
            {
                try
                {
                    while (fault is null && !cancel.IsCancellationRequested && Interlocked.Increment(ref next) is var i && i < pieces.Count)
                        work(pieces[i]);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref fault, e, null);
                }
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
