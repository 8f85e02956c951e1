namespace Tandem.Cloud.Experiments;

/// <summary>A file holds no experiments; the message says what was expected and where.</summary>
/// <param name="message">For people.</param>
public sealed class ExperimentException(string message) : Exception(message);
