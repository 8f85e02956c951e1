namespace Tandem.Learning.Training;

/// <summary>Where a training stands; reported after each step and each epoch.</summary>
/// <param name="Epoch">The epoch under way, counted from 1.</param>
/// <param name="Epochs">Most epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps in this epoch.</param>
/// <param name="Loss">Mean loss so far in this epoch, in nats.</param>
/// <param name="TokensPerSecond">Targets per second so far in this epoch.</param>
/// <param name="Finished">Set when the epoch is complete.</param>
/// <param name="LearningRate">α of the last step.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, double TokensPerSecond, EpochRecord? Finished, double LearningRate = 0);
