using Tandem.Device;

namespace Tandem.Native;

/// <summary>
/// The open sessions by handle. A handle is a number that is never given twice and no address, so a closed or garbage one is told from
/// an open one.
/// </summary>
internal static class SessionTable
{
    private static readonly Lock _gate = new();
    private static readonly Dictionary<ulong, DeviceSession> _open = [];
    private static ulong _last;

    public static ulong Add(DeviceSession session)
    {
        lock (_gate)
        {
            _open.Add(++_last, session);
            return _last;
        }
    }

    /// <summary>The session stays alive for the caller even where another thread closes it meanwhile.</summary>
    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static DeviceSession Get(ulong handle)
    {
        lock (_gate) return _open.GetValueOrDefault(handle) ?? throw Unknown(handle);
    }

    /// <summary>No later call finds the session.</summary>
    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static DeviceSession Remove(ulong handle)
    {
        lock (_gate) return _open.Remove(handle, out var session) ? session : throw Unknown(handle);
    }

    private static CallFault Unknown(ulong handle) =>
        new(Status.BadHandle, $"no open session has the handle {handle}: it was closed before, or never opened");
}
