namespace Tandem.Learning.Training;

/// <summary>Weights that a training starts from.</summary>
/// <param name="Values">By parameter name, row-major.</param>
/// <param name="Hash">Names them: a checkpoint of a training that started from others is not resumed.</param>
public sealed record PretrainedWeights(IReadOnlyDictionary<string, float[]> Values, string Hash);
