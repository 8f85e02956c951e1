namespace Tandem.Cloud.Stores;

/// <summary>One user's device as the service knows it.</summary>
/// <param name="App">
/// The app that it belongs to: who sees its events, 1 to 64 characters. Devices of two apps are never the same.
/// </param>
/// <param name="Id">Opaque text that the app's devices name themselves by, 1 to 128 characters.</param>
public readonly record struct DeviceId(string App, string Id)
{
    /// <summary>Longest <see cref="App"/>, in characters.</summary>
    public const int LongestApp = 64;

    /// <summary>Longest <see cref="Id"/>, in characters.</summary>
    public const int LongestId = 128;
}
