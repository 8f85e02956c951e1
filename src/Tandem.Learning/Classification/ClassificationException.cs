namespace Tandem.Learning.Classification;

/// <summary>Examples cannot be had or learned from. The message says what, where, what was expected and what to do.</summary>
public sealed class ClassificationException(string message) : Exception(message);
