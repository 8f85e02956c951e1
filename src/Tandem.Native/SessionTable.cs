using Tandem.Device;

namespace Tandem.Native;

/// <summary>The open sessions, and the calls on them.</summary>
internal static class SessionTable
{
    private static readonly HandleTable<OpenSession> _open = new("open session");

    public static ulong Add(DeviceSession session) => _open.Add(new(session));

    /// <summary>Begins a call. The session stays open until what is returned is disposed of.</summary>
    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static Call Enter(ulong handle)
    {
        var entry = _open.Get(handle);
        return entry.TryEnter() ? new(entry) : throw _open.Unknown(handle);
    }

    /// <summary>For a call so long that closing is not to wait for it; it asks <see cref="RequireOpen"/> when it is through.</summary>
    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static DeviceSession GetUnheld(ulong handle) => _open.Get(handle).Unheld;

    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static void RequireOpen(ulong handle) => _open.Get(handle);

    /// <summary>No later call finds the session. Waits for those under way.</summary>
    /// <exception cref="CallFault">No open session has this handle.</exception>
    public static void Close(ulong handle) => _open.Remove(handle).Close();

    /// <summary>A call under way.</summary>
    internal readonly ref struct Call(OpenSession entry)
    {
        public DeviceSession Session => entry.Unheld;

        public void Dispose() => entry.Exit();
    }
}
