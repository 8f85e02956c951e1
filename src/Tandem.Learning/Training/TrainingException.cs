namespace Tandem.Learning.Training;

/// <summary>A training that cannot go on with its data and settings. The message says where it stands and what to change.</summary>
public sealed class TrainingException(string message) : Exception(message);
