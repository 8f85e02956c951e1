namespace Tandem.Device.DependencyInjection;

/// <summary>
/// The right to use a user's session: until it is disposed of, the session stays in memory and is closed by nothing but the end of the app.
/// </summary>
public sealed class SessionLease : IDisposable
{
    private readonly UserSession _user;
    private readonly DeviceSession _session;
    private DeviceSessions? _sessions;

    internal SessionLease(DeviceSessions sessions, UserSession user, DeviceSession session) =>
        (_sessions, _user, _session) = (sessions, user, session);

    /// <summary>The user's session, shared by all who hold a lease on it. Not to be used once the lease is given back.</summary>
    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public DeviceSession Session
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _sessions) is null, this);
            return _session;
        }
    }

    /// <summary>Gives the session back; a second time does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _sessions, null)?.GiveBack(_user);
}
