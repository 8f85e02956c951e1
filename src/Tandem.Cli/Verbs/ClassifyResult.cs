namespace Tandem.Cli.Verbs;

/// <summary>A training of an experiment, as its file keeps it.</summary>
/// <param name="Validation">Accuracy on validation examples.</param>
/// <param name="Test">Accuracy on test examples.</param>
/// <param name="BestStep">After which the weights were kept.</param>
/// <param name="Parameters">Numbers of the network.</param>
/// <param name="SecondsPerStep">Mean.</param>
/// <param name="Right">A mark for each test example in order, 1 where it was told right, else 0.</param>
internal sealed record ClassifyResult(
    double Validation, double Test, int BestStep, long Parameters, double SecondsPerStep, string Right);
