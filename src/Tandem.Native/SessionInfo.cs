using System.Runtime.InteropServices;
using Tandem.Device;

namespace Tandem.Native;

/// <summary><c>tandem_info</c>. Members are only ever added at the end; a caller compiled before sends a smaller size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SessionInfo
{
    /// <summary>Of the first header that had it.</summary>
    public const uint LeastSize = 40;

    /// <summary>Beyond what any header will ever tell.</summary>
    public const uint MostSize = 4_096;

    public uint Size;
    public int Items;
    public long EventCount;
    public int KeptEvents;
    public int ListAge;
    public long SessionBytes;
    public long EventsSetAside;

    /// <param name="session">Asked member by member, so that other threads' calls may come between.</param>
    /// <param name="size">What the caller's header knows.</param>
    public static SessionInfo Of(DeviceSession session, uint size) => new()
    {
        Size = size,
        Items = session.Model.Shape.Items,
        EventCount = session.EventCount,
        KeptEvents = session.KeptEventCount,
        ListAge = session.ListAge,
        SessionBytes = session.SizeBytes,
        EventsSetAside = session.LogDamage?.Events ?? 0,
    };
}
