namespace Tandem.Learning.Training;

/// <summary>The part of a training's state that is neither weights nor moments.</summary>
internal sealed record TrainingRecord(
    string Settings, IReadOnlyList<EpochRecord> Epochs, int BestEpoch, double? BestValidation, int WithoutBest);

/// <summary>A record and the weights of its best epoch, by parameter name.</summary>
internal sealed record TrainingState(TrainingRecord Record, Dictionary<string, float[]> BestWeights);
