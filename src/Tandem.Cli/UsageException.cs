namespace Tandem.Cli;

/// <summary>An option's value that cannot be used. The message says which, what was expected and what to do.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>Throws where settings have faults.</summary>
    public static void ThrowIfAny(IEnumerable<string> faults)
    {
        var all = string.Join("; ", faults);
        if (all.Length > 0) throw new UsageException(all);
    }
}
