using Microsoft.Data.Sqlite;

namespace Tandem.Cloud.Stores;

/// <summary>
/// The one connection that writes, one transaction at a time. A transaction that fails leaves nothing, here as in the file: what is
/// remembered of devices and items is forgotten with it.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly KeyTable<DeviceId> _devices;
    private readonly KeyTable<string> _items;
    private readonly SqliteStatement _add, _expose, _counter, _count, _erasing;
    private long _lastSequence;
    private bool _isRead;   // whether _lastSequence is the file's
    private bool _isClosed;
    private long _cleaningsAsked, _cleaningsDone;

    public SqliteWriter(SqliteFile file, SqliteConnection connection, int rememberedKeys)
    {
        (_file, _connection) = (file, connection);
        _devices = new(connection, rememberedKeys, "device", ["app", "id"], (row, device) => row.Text(1, device.App).Text(2, device.Id));
        _items = new(connection, rememberedKeys, "item", ["name"], (row, name) => row.Text(1, name));
        _add = new(connection, "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)");
        _expose = new(
            connection, "INSERT INTO exposure (device, after, received, model, arms, items) VALUES (?, ?, ?, ?, ?, ?)");
        _counter = new(connection, "SELECT last_sequence FROM counter");
        _erasing = new(connection, "UPDATE counter SET erasing = 1");
        _count = new(connection, "UPDATE counter SET last_sequence = ?, events = events + ?");
    }

    /// <summary>Keeps appends, all in one transaction.</summary>
    /// <returns>How many events of each were new.</returns>
    public Task<int[]> KeepAsync(IReadOnlyList<Append> group) => TransactAsync(_ =>
    {
        var (added, sum) = (new int[group.Count], 0L);
        foreach (var append in group.Where(append => append.Exposure is not null)) Expose(append, append.Exposure!);
        for (var i = 0; i < added.Length; i++) sum += added[i] = Keep(group[i]);
        Count(sum);
        return added;
    });

    /// <summary>Runs in a transaction that is durable when this returns.</summary>
    /// <exception cref="StoreException">It failed; nothing of it is left.</exception>
    public async Task<T> TransactAsync<T>(Func<SqliteConnection, T> run, CancellationToken cancel = default)
    {
        await TakeTurnAsync(cancel);
        try
        {
            SqliteFile.Execute(_connection, "BEGIN IMMEDIATE");
            if (!_isRead) ReadCounter();
            var result = run(_connection);
            SqliteFile.Execute(_connection, "COMMIT");
            return result;
        }
        catch (Exception e)
        {
            RollBack();
            if (e is SqliteException sqlite) throw _file.Fault(sqlite);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Within a transaction: counts events that were added, or, below 0, deleted.</summary>
    public void Count(long events) => _count.Number(1, _lastSequence).Number(2, events).Run();

    /// <summary>Within a transaction: a device is no longer in the file.</summary>
    public void Forget(DeviceId device) => _devices.Forget(device);

    /// <summary>Within a transaction: what it deletes is to leave no bytes, at the latest when the file is opened again.</summary>
    public void BeginErasing() => _erasing.Run();

    /// <summary>Removes the bytes of all that was deleted; calls that wait for each other share the work.</summary>
    /// <returns>False where a reader still needs them.</returns>
    public async Task<bool> TryCleanAsync(CancellationToken cancel)
    {
        var mine = Interlocked.Increment(ref _cleaningsAsked);
        await TakeTurnAsync(cancel);
        try
        {
            if (_cleaningsDone >= mine) return true;
            var asked = Volatile.Read(ref _cleaningsAsked); // all of these deleted before they asked
            if (!SqliteFile.TryClean(_connection)) return false;
            _cleaningsDone = asked;
            return true;
        }
        catch (SqliteException e)
        {
            throw _file.Fault(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for what is under way; what waits for its turn is told that the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        IDisposable[] parts = [_add, _expose, _counter, _count, _erasing, _devices, _items, _connection];
        foreach (var part in _isClosed ? [] : parts) part.Dispose();
        _isClosed = true;
        _turn.Release();
    }

    private async Task TakeTurnAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        if (!_isClosed) return;
        _turn.Release();
        throw new ObjectDisposedException(nameof(IStore), "the store is closed");
    }

    /// <summary>Before all events of its transaction: what a device did with what it was given came later.</summary>
    private void Expose(Append append, Exposure exposure)
    {
        _expose.Number(1, _devices.NumberOf(append.Device)).Number(2, _lastSequence).Number(3, append.Received)
            .Text(5, ExposureColumns.Arms(exposure)).Blob(6, ExposureColumns.Items(exposure));
        (exposure.Model is { } model ? _expose.Text(4, model) : _expose.Null(4)).Run();
    }

    private int Keep(Append append)
    {
        if (append.Events.Count == 0) return 0;
        var (device, added) = (_devices.NumberOf(append.Device), 0);
        foreach (var e in append.Events)
        {
            var item = _items.NumberOf(e.Item);
            _add.Number(1, _lastSequence + 1).Number(2, device).Number(4, item)
                .Number(5, e.Time).Real(6, e.Value).Number(7, append.Received);
            if (EventIdColumn.Bind(_add, 3, e.Id).Run() == 0) continue;
            _lastSequence++;
            added++;
        }

        return added;
    }

    private void ReadCounter()
    {
        _lastSequence = _counter.One() ?? throw new StoreException($"{_file.Path} has lost its counter; put a backup in its place");
        _isRead = true;
    }

    private void RollBack()
    {
        _isRead = false;
        _devices.Clear();
        _items.Clear();
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) != 0) return; // nothing began, or SQLite has done it
        try
        {
            SqliteFile.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // The next BEGIN tells of it.
        }
    }
}
