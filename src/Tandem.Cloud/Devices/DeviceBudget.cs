namespace Tandem.Cloud.Devices;

/// <summary>Calls to models that a device may cause.</summary>
/// <param name="Calls">So many.</param>
/// <param name="Window">In so long, from the first on.</param>
public sealed record DeviceBudget(int Calls, TimeSpan Window)
{
    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Calls < 0) yield return $"Calls is {Calls}; expected 0 or more";
        if (Window <= TimeSpan.Zero) yield return $"Window is {Window}; expected more than zero";
    }
}
