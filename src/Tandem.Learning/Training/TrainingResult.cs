namespace Tandem.Learning.Training;

/// <summary>A finished training. The network holds the weights of <see cref="BestEpoch"/>.</summary>
/// <param name="BestEpoch">The epoch with the best validation, or the last one where nothing is held out.</param>
/// <param name="BestValidation">Its measure.</param>
/// <param name="Epochs">Every epoch in order, those before a resume included.</param>
public sealed record TrainingResult(int BestEpoch, double? BestValidation, IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>Mean over the epochs.</summary>
    public double SecondsPerEpoch => Epochs.Average(e => e.Seconds);
}
