namespace Tandem.Data;

/// <summary>A data set that cannot be read, written or prepared. The message says what, where, what was expected and what to do.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Composes the message <c>where: what; expected …; what to do</c>.</summary>
    /// <param name="what">What was found.</param>
    /// <param name="where">The folder, file or source.</param>
    /// <param name="expected">What should have been found.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="cause">The failure underneath, if any.</param>
    public DatasetException(string what, string where, string expected, string remedy, Exception? cause = null)
        : base($"{where}: {what}; expected {expected}; {remedy}", cause) => Where = where;

    /// <summary>The folder, file or source.</summary>
    public string Where { get; }
}
