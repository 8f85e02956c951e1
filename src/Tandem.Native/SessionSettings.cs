using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Native;

/// <summary><c>tandem_options</c>. Members are only ever added at the end; a caller compiled before sends a smaller size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SessionSettings
{
    private const float ByBundle = -1;
    private const int MostHistory = 1_000_000;
    private const uint LeastSize = 16;
    private const uint MostSize = 4_096;

    public uint Size;
    public float CloudShare;
    public int HistoryLimit;
    public int KeepConsumed;

    /// <summary>The caller's settings; those that it does not know, or all where it sends none, are the defaults.</summary>
    /// <exception cref="CallFault">A setting is out of range.</exception>
    public static unsafe DeviceSessionOptions Read(SessionSettings* given)
    {
        if (given is null) return new();
        if (given->Size is < LeastSize or > MostSize)
        {
            throw new CallFault(
                Status.BadArgument, $"options.size is {given->Size}, expected sizeof(tandem_options), {sizeof(SessionSettings)}");
        }

        if (given->CloudShare is not ((>= 0 and <= 1) or ByBundle))
            throw new CallFault(Status.BadArgument, $"options.cloud_share is {given->CloudShare}, expected 0 to 1, or -1 for the bundle's");
        if (given->HistoryLimit is < 1 or > MostHistory)
            throw new CallFault(Status.BadArgument, $"options.history_limit is {given->HistoryLimit}, expected 1 to {MostHistory}");
        return new()
        {
            Fusion = given->CloudShare == ByBundle ? null : new LogLinearFusion(given->CloudShare),
            HistoryLimit = given->HistoryLimit,
            ExcludeConsumed = given->KeepConsumed == 0,
        };
    }
}
