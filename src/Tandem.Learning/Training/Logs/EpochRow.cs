namespace Tandem.Learning.Training.Logs;

/// <summary>One line of <c>training.csv</c>.</summary>
internal sealed record EpochRow(int Epoch, int Steps, double Loss, double Seconds, double? Validation, double TokensPerSecond);
