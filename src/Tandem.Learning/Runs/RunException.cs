namespace Tandem.Learning.Runs;

/// <summary>
/// A run cannot be begun, continued or read as it was asked for. The message says what, what was expected and what to do.
/// </summary>
public sealed class RunException(string message) : Exception(message)
{
    /// <summary>Throws where settings have faults.</summary>
    internal static void ThrowIfAny(IEnumerable<string> faults)
    {
        var all = string.Join("; ", faults);
        if (all.Length > 0) throw new RunException(all);
    }
}
