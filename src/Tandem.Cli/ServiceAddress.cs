using System.Net;
using Tandem.Device;
using Tandem.Device.Http;
using Tandem.Simulation;

namespace Tandem.Cli;

/// <summary>A cloud that is given as an address in place of a folder.</summary>
internal static class ServiceAddress
{
    private const int Devices = 64; // at once, each within a device's limit of requests

    /// <summary>The address, or null for a folder.</summary>
    public static Uri? Of(string? cloud) =>
        Uri.TryCreate(cloud, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>The lists of the service at an address.</summary>
    /// <param name="address">Of the service.</param>
    /// <param name="key">API key; null where the service asks for none.</param>
    /// <param name="catalogVersion">Of the simulation's data.</param>
    /// <param name="isPrivate">True where devices tell codes in place of items.</param>
    /// <exception cref="UsageException">The service has no codes.</exception>
    public static RemoteCandidates Open(Uri address, string? key, string catalogVersion, bool isPrivate = false)
    {
        var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, UseCookies = false })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan, // the calls have deadlines of their own
        };
        ICloud[] clouds =
        [
            .. Enumerable.Range(0, Devices).Select(i => new HttpCloud(
                client, new() { DeviceId = $"simulated-{i}", Key = key, CandidateDeadline = TimeSpan.FromMinutes(1) })),
        ];
        if (isPrivate) clouds = Private(clouds);
        return RemoteCandidates.OpenAsync(clouds, catalogVersion).GetAwaiter().GetResult();
    }

    private static ICloud[] Private(ICloud[] clouds)
    {
        var answer = clouds[0].GetItemCodesAsync().AsTask().GetAwaiter().GetResult();
        return answer.Value is { } codes
            ? [.. clouds.Select(cloud => new PrivateCloud(cloud, codes))]
            : throw new UsageException($"--private: the service gives no codes of the items: {answer.Fault}");
    }
}
