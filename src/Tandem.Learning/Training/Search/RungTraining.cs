using Tandem.Learning.Training.Logs;
using static TorchSharp.torch;

namespace Tandem.Learning.Training.Search;

/// <summary>
/// Trains a recipe up to a rung, by a loop whose settings name the epochs of the last rung. The loop is stopped where the rung ends, after its
/// checkpoint is written: schedules over the epochs and the checkpoint's settings stay those of the whole training, and a trial that
/// comes through every rung ends with the weights of one that was never stopped.
/// </summary>
public static class RungTraining
{
    /// <summary>Trains to the rung's end, or less where the training stops early; goes on from the folder's checkpoint.</summary>
    /// <param name="folder">The trial's: keeps checkpoint, <c>training.csv</c> and event files.</param>
    /// <param name="epochs">In all, those of earlier rungs included.</param>
    /// <param name="train">A recipe's training with checkpoint, listener and a token that it obeys between epochs.</param>
    /// <param name="progress">Hears of every step; null for no one.</param>
    /// <param name="cancel">Stops the search.</param>
    /// <returns>The best validation of these epochs.</returns>
    /// <exception cref="TrainingException">None of these epochs was validated.</exception>
    public static double Run(
        string folder, int epochs, Action<string, IProgress<TrainingProgress>, CancellationToken> train,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        var table = Path.Combine(folder, "training.csv");
        if (!EpochTable.Read(table).Any(row => row.Epoch >= epochs)) Train(folder, epochs, train, progress, cancel);
        return EpochTable.Read(table).Where(row => row.Epoch <= epochs).Max(row => row.Validation)
            ?? throw new TrainingException($"no epoch up to {epochs} was validated; expected one at least; validate more often (training.validateEvery)");
    }

    private static void Train(
        string folder, int epochs, Action<string, IProgress<TrainingProgress>, CancellationToken> train,
        IProgress<TrainingProgress>? progress, CancellationToken cancel)
    {
        using var rung = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var end = new RungEnd(epochs, rung, progress);
        using var scope = NewDisposeScope(); // a training that is stopped hands no network out: its tensors go here
        using var log = new TrainingLog(folder, next: end);
        try
        {
            train(Path.Combine(folder, "checkpoint.safetensors"), log, rung.Token);
        }
        catch (OperationCanceledException) when (end.IsReached && !cancel.IsCancellationRequested)
        {
            // The rung's end, not the user's.
        }
    }

    private sealed class RungEnd(int epochs, CancellationTokenSource rung, IProgress<TrainingProgress>? next) : IProgress<TrainingProgress>
    {
        public bool IsReached { get; private set; }

        public void Report(TrainingProgress value)
        {
            next?.Report(value);
            if (value.Finished is null || value.Epoch < epochs) return;
            IsReached = true;
            rung.Cancel();
        }
    }
}
