namespace Tandem.Learning.Language.Checkpoints;

/// <summary>A folder of a pretrained model cannot be used: it lacks something, or its model is of a kind that this version does not know.</summary>
/// <param name="message">What, where, what was expected, what to do.</param>
public sealed class CheckpointFolderException(string message) : Exception(message);
