namespace Tandem.Cloud.Devices;

/// <summary>What a device may cause.</summary>
public sealed record DeviceOptions
{
    /// <summary>Calls to models; null, the default, for as many as it likes.</summary>
    public DeviceBudget? Budget { get; init; }
}
