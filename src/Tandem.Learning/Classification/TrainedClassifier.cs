namespace Tandem.Learning.Classification;

/// <summary>What a training came to.</summary>
/// <param name="Validation">Share of the validation examples that the kept weights tell right.</param>
/// <param name="Right">Whether each test example is told right, in the order of the split.</param>
/// <param name="BestStep">After which the weights were kept.</param>
/// <param name="Parameters">Numbers of the network.</param>
/// <param name="SecondsPerStep">Mean, without validation.</param>
public sealed record TrainedClassifier(
    double Validation, IReadOnlyList<bool> Right, int BestStep, long Parameters, double SecondsPerStep)
{
    /// <summary>Share of the test examples that are told right.</summary>
    public double Test => Right.Average(right => right ? 1.0 : 0);
}
