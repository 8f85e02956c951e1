namespace Tandem.Device.DependencyInjection;

/// <summary>What an app's device runtime is made of.</summary>
public sealed class TandemDeviceOptions
{
    /// <summary>
    /// Folder of the bundle, <c>manifest.json</c> and <c>model.safetensors</c>; relative to the current directory where it is relative.
    /// Required.
    /// </summary>
    public string BundleFolder { get; set; } = "";

    /// <summary>
    /// File of the user's events, in an existing folder, from which the session comes back after a crash or a restart. Null, the default,
    /// for a session that begins anew each time.
    /// </summary>
    public string? EventLogFile { get; set; }

    /// <summary>Rules by which the session works. Default: those of <see cref="DeviceSessionOptions"/>.</summary>
    public DeviceSessionOptions Session { get; set; } = new();
}
