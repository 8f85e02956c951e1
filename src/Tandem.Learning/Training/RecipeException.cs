namespace Tandem.Learning.Training;

/// <summary>Settings that cannot be read. The message says which, what was expected and what to do.</summary>
public sealed class RecipeException(string message, Exception? inner = null) : Exception(message, inner);
