namespace Tandem.Learning.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">Mean over the epoch's targets, in nats.</param>
/// <param name="Seconds">Time of the training steps, validation not counted.</param>
/// <param name="Validation">The task's measure, where this epoch was validated.</param>
public sealed record EpochRecord(int Epoch, double Loss, double Seconds, double? Validation);
