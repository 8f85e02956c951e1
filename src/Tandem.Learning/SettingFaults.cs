namespace Tandem.Learning;

/// <summary>Faults of settings, refused where the settings are used.</summary>
internal static class SettingFaults
{
    /// <summary>Lists them all in one message.</summary>
    /// <param name="faults">From the <c>Validate</c> of the settings.</param>
    /// <param name="name">Of the argument.</param>
    /// <exception cref="ArgumentException">There is one.</exception>
    public static void ThrowIfAny(IEnumerable<string> faults, string name)
    {
        if (faults.ToArray() is [_, ..] found) throw new ArgumentException(string.Join("; ", found), name);
    }
}
