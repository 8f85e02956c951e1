namespace Tandem.Device.DependencyInjection;

/// <summary>
/// The sessions of an app's users, all of one model: one for each user, and no more in memory than
/// <see cref="TandemDeviceOptions.SessionLimit"/>. One that nobody uses makes room for another, the one unused for longest first; with a
/// <see cref="TandemDeviceOptions.LogFolder"/> it comes back with its events. Any number of threads may use it at once.
/// </summary>
/// <remarks>
/// A log holds events. The cloud's list, weights that a packet brought or the device learned, and what a TTT model carries from events that
/// are no longer kept are in memory alone, and are gone with an evicted session; <see cref="DeviceSession.Snapshot"/> keeps them for those
/// who need them.
/// </remarks>
public sealed class DeviceSessions : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DeviceModel _model;
    private readonly TandemDeviceOptions _options;
    private readonly Dictionary<string, UserSession> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _closing = new(StringComparer.Ordinal);  // evicted, their logs not yet closed
    private readonly LinkedList<UserSession> _unused = [];                             // the one unused for longest first
    private readonly LinkedList<UserSession> _waiting = [];                            // for a place, in the order of their coming
    private int _places;                                                               // taken, of SessionLimit
    private bool _isDisposed;

    internal DeviceSessions(DeviceModel model, TandemDeviceOptions options) => (_model, _options) = (model, options);

    /// <summary>Sessions in memory, those that are being opened or closed included; at most the limit.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _places;
        }
    }

    /// <summary>
    /// Lends a user's session, opened where it is not in memory. All callers of one user get the same session. Where every session in
    /// memory is in use, new users wait, served in the order of their coming.
    /// </summary>
    /// <param name="userId">Any text that is not empty; ids are told apart letter by letter, upper from lower case.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>A lease, to be disposed of as soon as the session is no longer used: with <c>using</c>.</returns>
    /// <exception cref="InvalidDataException">The user's event log is refused; the message says why and what to do. No other user is
    /// concerned, and asking again tries again.</exception>
    /// <exception cref="TimeoutException">No session within <see cref="TandemDeviceOptions.OpenTimeout"/>.</exception>
    /// <exception cref="ObjectDisposedException">The app is at its end.</exception>
    public ValueTask<SessionLease> OpenAsync(string userId, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        if (cancel.IsCancellationRequested) return ValueTask.FromCanceled<SessionLease>(cancel);
        UserSession user;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            user = Find(userId);
            user.Leases++;
        }

        var opened = user.Opened.Task;
        return opened.IsCompletedSuccessfully ? new(new SessionLease(this, user, opened.Result)) : new(AwaitAsync(user, cancel));
    }

    /// <summary>
    /// Closes every session, those in use too: calls that are under way end first. Their logs are flushed and free when it returns.
    /// </summary>
    /// <exception cref="AggregateException">Logs could not be flushed; every session is closed all the same.</exception>
    public void Dispose()
    {
        UserSession[] users;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            users = [.. _users.Values];
            foreach (var user in users)
            {
                if (!user.IsOpen) Fail(user, new ObjectDisposedException(nameof(DeviceSessions)));
            }
        }

        // Whoever opens a session also closes the evicted one in whose place it comes.
        Task.WaitAll(users.Select(user => user.Opening ?? Task.CompletedTask));
        var faults = users.Where(user => user.IsOpen).Select(user => FaultOfClosing(user.Opened.Task.Result)).OfType<Exception>().ToList();
        if (faults.Count > 0) throw new AggregateException("event logs could not be flushed to disk; see to the disk of LogFolder", faults);
    }

    /// <summary>Ends a lease, or the wait for one.</summary>
    internal void GiveBack(UserSession user)
    {
        lock (_lock)
        {
            if (--user.Leases > 0 || _isDisposed) return;
            if (user.IsOpen) LeaveUnused(user);
            else if (user.Node.List == _waiting) Forget(user);
        }
    }

    private async Task<SessionLease> AwaitAsync(UserSession user, CancellationToken cancel)
    {
        try
        {
            return new(
                this, user, await user.Opened.Task.WaitAsync(_options.OpenTimeout, _options.Session.Time, cancel).ConfigureAwait(false));
        }
        catch (TimeoutException e)
        {
            GiveBack(user);
            throw new TimeoutException(
                $"no session within {_options.OpenTimeout}: {Count} of {_options.SessionLimit} are in memory, and none of them got free "
                    + "or the log "
                + "took this long to read; give leases back sooner, or raise SessionLimit", e);
        }
        catch
        {
            GiveBack(user);
            throw;
        }
    }

    private UserSession Find(string userId)
    {
        if (_users.TryGetValue(userId, out var user))
        {
            if (user.Node.List == _unused) _unused.Remove(user.Node);
            return user;
        }

        user = new(userId);
        _users.Add(userId, user);
        if (_places < _options.SessionLimit)
        {
            _places++;
            Start(user, evicted: null);
        }
        else if (_unused.First is { } oldest)
        {
            Start(user, Evict(oldest.Value));
        }
        else
        {
            _waiting.AddLast(user.Node);
        }

        return user;
    }

    /// <summary>Hands its place to the first that waits for one, or keeps it until another needs it.</summary>
    private void LeaveUnused(UserSession user)
    {
        if (NextWaiting() is { } next) Start(next, Evict(user));
        else _unused.AddLast(user.Node);
    }

    private UserSession? NextWaiting()
    {
        if (_waiting.First is not { } next) return null;
        _waiting.Remove(next);
        return next.Value;
    }

    private UserSession Evict(UserSession user)
    {
        Forget(user);
        _closing.Add(user.UserId, user.Closed.Task);
        return user;
    }

    private void Forget(UserSession user)
    {
        user.Node.List?.Remove(user.Node);
        _users.Remove(user.UserId);
    }

    /// <summary>Opens a session that has a place. Apart from its callers, so that one who gives up takes it from nobody else.</summary>
    private void Start(UserSession user, UserSession? evicted) => user.Opening = Task.Run(async () =>
    {
        try
        {
            if (evicted is not null) Close(evicted);
            await ClosingOf(user.UserId).ConfigureAwait(false);
            var session = NewSession(user.UserId);
            if (!TryKeep(user, session)) session.Dispose();
        }
        catch (Exception e)
        {
            Refuse(user, e);
        }
    });

    /// <summary>Ends when no former session of the user has the log open.</summary>
    private Task ClosingOf(string userId)
    {
        lock (_lock) return _closing.TryGetValue(userId, out var closed) ? closed : Task.CompletedTask;
    }

    private DeviceSession NewSession(string userId)
    {
        if (_options.LogFolder is null) return new(_model, _options.Session);
        var path = Path.Combine(_options.LogFolder, UserLogFile.NameOf(userId));
        return DeviceSession.TryOpen(_model, _options.Session, path, out var session, out var fault)
            ? session
            : throw new InvalidDataException(fault);
    }

    private bool TryKeep(UserSession user, DeviceSession session)
    {
        lock (_lock)
        {
            if (_isDisposed) return false;
            user.Opened.SetResult(session);
            if (user.Leases == 0) LeaveUnused(user);
            return true;
        }
    }

    private void Refuse(UserSession user, Exception e)
    {
        lock (_lock)
        {
            Fail(user, e);
            Forget(user);
            if (_isDisposed) return;
            if (NextWaiting() is { } next) Start(next, evicted: null);
            else _places--;
        }
    }

    private static void Fail(UserSession user, Exception e)
    {
        user.Opened.TrySetException(e);
        _ = user.Opened.Task.Exception; // seen, should all callers have given up
    }

    private void Close(UserSession evicted)
    {
        var fault = FaultOfClosing(evicted.Opened.Task.Result);
        lock (_lock) _closing.Remove(evicted.UserId);
        evicted.Closed.SetResult();
        if (fault is not null) _options.EvictionFailed?.Invoke(evicted.UserId, fault);
    }

    private static Exception? FaultOfClosing(DeviceSession session)
    {
        try
        {
            session.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }
}
