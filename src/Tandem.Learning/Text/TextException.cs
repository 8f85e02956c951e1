namespace Tandem.Learning.Text;

/// <summary>Texts of items cannot be had as vectors. The message says what, where, what was expected and what to do.</summary>
public sealed class TextException(string message, Exception? cause = null) : Exception(message, cause);
