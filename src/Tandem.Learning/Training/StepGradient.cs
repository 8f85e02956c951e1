using Tandem.Data.Batches;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>What the replicas of a task work out for a step.</summary>
internal static class StepGradient
{
    /// <summary>The gradient of the mean over all targets of a step, left in the replicas.</summary>
    /// <param name="task">Whose loss.</param>
    /// <param name="batches">
    /// As many for each replica, or fewer at the end of an epoch: of R replicas, the r-th works on those at r, r + R, …
    /// </param>
    /// <param name="threads">One for each replica.</param>
    /// <returns>The loss summed over the targets.</returns>
    public static double Of<TBatch>(ITrainingTask<TBatch> task, TBatch[] batches, ReplicaThreads threads)
        where TBatch : ITrainingBatch
    {
        var losses = new double[batches.Length];
        var tokens = (double)batches.Sum(b => b.Tokens);
        threads.Run(replica =>
        {
            for (var i = replica; i < batches.Length; i += task.Replicas.Count)
            {
                using var scope = NewDisposeScope();
                var loss = task.Loss(batches[i], replica);
                var share = batches[i].Tokens / tokens;
                (share == 1 ? loss : loss.Times(share)).backward();
                losses[i] = loss.to(ScalarType.Float32).item<float>() * (double)batches[i].Tokens;
            }
        });
        return losses.Sum();
    }
}
