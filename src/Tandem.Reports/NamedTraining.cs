using Tandem.Learning.Training;

namespace Tandem.Reports;

/// <summary>One training of a run, such as the one that chooses the epoch and the refit.</summary>
/// <param name="Name">In legends.</param>
/// <param name="Result">Its epochs.</param>
public sealed record NamedTraining(string Name, TrainingResult Result);
