namespace Tandem.Data.Sources;

/// <summary>A malformed line of a source file. The message says where, what, what was expected and what to do.</summary>
public sealed class SourceException : FormatException
{
    /// <summary>Composes the message <c>file, line n: what; expected …; what to do</c>.</summary>
    /// <param name="file">File name without its folder.</param>
    /// <param name="line">Line number, from 1.</param>
    /// <param name="what">What was found.</param>
    /// <param name="expected">The form that the line should have.</param>
    /// <param name="remedy">What to do about it; null: correct the line or remove it.</param>
    public SourceException(string file, int line, string what, string expected, string? remedy = null)
        : base($"{file}, line {line}: {what}; expected {expected}; {remedy ?? "correct the line or remove it"}") =>
            (File, Line) = (file, line);

    /// <summary>File name without its folder.</summary>
    public string File { get; }

    /// <summary>Line number, from 1.</summary>
    public int Line { get; }
}
