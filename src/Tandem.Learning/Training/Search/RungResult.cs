namespace Tandem.Learning.Training.Search;

/// <summary>How a trial stood when it had been trained for a rung's epochs.</summary>
/// <param name="Epochs">Trained in all, those of earlier rungs included.</param>
/// <param name="Validation">Best so far, higher is better; null where the trial failed.</param>
/// <param name="Seconds">Time of this rung alone.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record RungResult(int Epochs, double? Validation, double Seconds, string? Failure = null);
