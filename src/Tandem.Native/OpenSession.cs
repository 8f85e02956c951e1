using Tandem.Device;

namespace Tandem.Native;

/// <summary>
/// A session that has a handle. Closing waits for the calls that are under way, so that each of them either was carried out on an open
/// session or found none.
/// </summary>
internal sealed class OpenSession(DeviceSession session)
{
    private readonly object _gate = new();
    private int _calls;
    private bool _isClosing;

    /// <summary>The session for a call that closing does not wait for.</summary>
    public DeviceSession Unheld => session;

    /// <summary>False where it is being closed.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_isClosing) _calls++;
            return !_isClosing;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            if (--_calls == 0 && _isClosing) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Comes once, from whoever took the handle out of the table.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosing = true;
            while (_calls > 0) Monitor.Wait(_gate);
        }

        var outbox = session.Outbox;
        try
        {
            session.Dispose();
        }
        finally
        {
            outbox?.Dispose();
        }
    }
}
