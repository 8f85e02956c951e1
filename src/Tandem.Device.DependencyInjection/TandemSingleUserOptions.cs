namespace Tandem.Device.DependencyInjection;

/// <summary>What an app with one user, such as a phone's or a desktop's, runs on.</summary>
public sealed class TandemSingleUserOptions
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
