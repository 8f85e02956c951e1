namespace Tandem.Device.DependencyInjection;

/// <summary>What an app that serves many users runs on.</summary>
public sealed class TandemDeviceOptions
{
    /// <summary>
    /// Folder of the bundle, <c>manifest.json</c> and <c>model.safetensors</c>; relative to the current directory where it is relative.
    /// Required.
    /// </summary>
    public string BundleFolder { get; set; } = "";

    /// <summary>
    /// Existing folder with a file of events for each user, from which a user's session comes back after it was evicted and after a
    /// restart. Null, the default, keeps no events: a user whose session was evicted begins anew.
    /// </summary>
    /// <remarks>
    /// A file is named by the SHA-256 of the user's id, so any text is a safe id and no two share a file, whatever the file system makes of
    /// upper and lower case. The files are never deleted here, and one process at a time uses the folder.
    /// </remarks>
    public string? LogFolder { get; set; }

    /// <summary>
    /// Most sessions in memory; at least 1. Default 1,000: some 100 MB with a model of 64 dims, two blocks and its own item table, and an
    /// open file for each where there are logs. One beyond it takes the place of the session that has been unused for longest.
    /// </summary>
    public int SessionLimit { get; set; } = 1_000;

    /// <summary>
    /// Longest wait for a session; above zero, or <see cref="Timeout.InfiniteTimeSpan"/>. Default 10 s: far more than reading a log takes,
    /// so that what runs into it is a lease that was not given back, or a limit below the number of requests at once.
    /// </summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Told of a user whose log could not be flushed to disk when the session was evicted; it must not throw. Null, the default, tells
    /// nobody. The events are in the file all the same: only a power cut could lose the last of them.
    /// </summary>
    public Action<string, Exception>? EvictionFailed { get; set; }

    /// <summary>
    /// Rules by which every session works, and whose time is the app's. Default: those of <see cref="DeviceSessionOptions"/>.
    /// </summary>
    public DeviceSessionOptions Session { get; set; } = new();
}
