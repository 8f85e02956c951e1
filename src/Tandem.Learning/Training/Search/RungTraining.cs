using Tandem.Learning.Training.Logs;

namespace Tandem.Learning.Training.Search;

/// <summary>
/// Trains a recipe up to a rung, by a loop whose settings name the epochs of the last rung and that pauses where the rung ends: schedules
/// over the epochs and the checkpoint's settings stay those of the whole training, and a trial that comes through every rung ends with the
/// weights of one that was never stopped.
/// </summary>
public static class RungTraining
{
    /// <summary>A recipe's training with checkpoint, listener and the epochs after which it pauses.</summary>
    public delegate void Trainer(string checkpoint, IProgress<TrainingProgress> progress, int pauseAfter);

    /// <summary>Trains to the rung's end, or less where the training stops early; goes on from the folder's checkpoint.</summary>
    /// <param name="folder">The trial's: keeps checkpoint, <c>training.csv</c> and event files.</param>
    /// <param name="epochs">In all, those of earlier rungs included.</param>
    /// <param name="train">The training.</param>
    /// <param name="progress">Receives every step; null for nobody.</param>
    /// <returns>The best validation of these epochs.</returns>
    /// <exception cref="TrainingException">None of these epochs was validated.</exception>
    public static double Run(string folder, int epochs, Trainer train, IProgress<TrainingProgress>? progress = null)
    {
        var table = Path.Combine(folder, "training.csv");
        if (!EpochTable.Read(table).Any(row => row.Epoch >= epochs))
        {
            using var log = new TrainingLog(folder, next: progress);
            train(Path.Combine(folder, "checkpoint.safetensors"), log, epochs);
        }

        return EpochTable.Read(table).Where(row => row.Epoch <= epochs).Max(row => row.Validation)
            ?? throw new TrainingException(
                $"no epoch up to {epochs} was validated; expected one at least; validate more often (training.validateEvery)");
    }
}
