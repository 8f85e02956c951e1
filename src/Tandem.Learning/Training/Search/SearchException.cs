namespace Tandem.Learning.Training.Search;

/// <summary>A search that cannot be made or continued. The message says where, what was expected and what to do.</summary>
public sealed class SearchException(string message, Exception? cause = null) : Exception(message, cause);
