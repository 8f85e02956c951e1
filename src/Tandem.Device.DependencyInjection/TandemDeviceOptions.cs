namespace Tandem.Device.DependencyInjection;

/// <summary>What an app's device runtime is made of.</summary>
public sealed class TandemDeviceOptions
{
    /// <summary>
    /// Folder of the bundle, <c>manifest.json</c> and <c>model.safetensors</c>; relative to the current directory where it is relative.
    /// Required.
    /// </summary>
    public string BundleFolder { get; set; } = "";

    /// <summary>Rules by which the session works. Default: those of <see cref="DeviceSessionOptions"/>.</summary>
    public DeviceSessionOptions Session { get; set; } = new();
}
