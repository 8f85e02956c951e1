namespace Tandem.Learning.Training;

/// <summary>A checkpoint that is whole but does not belong to the run that wants to continue it.</summary>
public sealed class CheckpointException(string message) : Exception(message);
