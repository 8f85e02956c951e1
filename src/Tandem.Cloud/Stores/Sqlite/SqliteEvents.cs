using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>Events in a SQLite file: one connection writes, any number read what is committed.</summary>
internal sealed class SqliteEvents(SqliteReaders readers, SqliteWriter writer, AppendQueue queue, StoreOptions options) : IEventStore
{
    private const int PageEvents = 2_000;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    // The order of the joins is that of the words here: events in their order, the rest looked up.
    private const string Columns = "SELECT e.sequence, d.app, d.id, e.id, i.name, e.time, e.value, e.received ";
    private const string Lookups = "CROSS JOIN device d ON d.key = e.device CROSS JOIN item i ON i.key = e.item ";
    private const string Page = $"{Columns} FROM event e {Lookups} WHERE e.sequence > @after ORDER BY e.sequence LIMIT @most";
    private const string PageOfApp =
        $"{Columns} FROM event e {Lookups} WHERE e.sequence > @after AND d.app = @app ORDER BY e.sequence LIMIT @most";
    private const string Recent = $"""
        {Columns} FROM (
            SELECT * FROM event INDEXED BY event_device WHERE device = (SELECT key FROM device WHERE app = @app AND id = @id)
            ORDER BY sequence DESC LIMIT @most) e
        {Lookups} ORDER BY e.sequence
        """;

    private const string ExpireDevice =
        """
        DELETE FROM device WHERE key = @key AND NOT EXISTS (SELECT 1 FROM event WHERE device = @key)
            AND NOT EXISTS (SELECT 1 FROM exposure WHERE device = @key)
        RETURNING app, id
        """;

    /// <inheritdoc/>
    public Task<EventReceipt> AppendAsync(
        DeviceId device, IReadOnlyList<NewEvent> events, long received, CancellationToken cancel = default)
    {
        EventCheck.Require(device, events);
        return queue.AddAsync(new(device, events, received), cancel);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredEvent>> RecentAsync(DeviceId device, int most, CancellationToken cancel = default)
    {
        EventCheck.Require(device);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return await readers.ReadAsync(
            connection => Select(connection, Recent, ("@app", device.App), ("@id", device.Id), ("@most", most)), cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string? app = null, long after = 0, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // A transaction for each page: a long one would keep the write-ahead log from being truncated.
        for (List<StoredEvent> page; ; after = page[^1].Sequence)
        {
            page = await readers.ReadAsync(
                connection => app is null
                    ? Select(connection, Page, ("@after", after), ("@most", PageEvents))
                    : Select(connection, PageOfApp, ("@after", after), ("@most", PageEvents), ("@app", app)),
                cancel);
            foreach (var e in page) yield return e;
            if (page.Count < PageEvents) yield break;
        }
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(CancellationToken cancel = default) =>
        readers.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT events FROM counter"), cancel);

    /// <inheritdoc/>
    public async Task<long> EraseAsync(DeviceId device, CancellationToken cancel = default)
    {
        EventCheck.Require(device);
        var erased = await writer.TransactAsync(connection => Erase(connection, device), cancel);
        for (var began = TimeProvider.System.GetTimestamp(); !await writer.TryCleanAsync(cancel); await Task.Delay(_pause, cancel))
        {
            if (TimeProvider.System.GetElapsedTime(began) < options.ErasePatience) continue;
            throw new StoreException(
                $"{readers.Path} has readers that take longer than {options.ErasePatience}: the device's events are deleted, but bytes of "
                + "them may be in the file's log; erase again")
            { IsTransient = true };
        }

        return erased;
    }

    /// <inheritdoc/>
    public async Task<long> ExpireAsync(long before, CancellationToken cancel = default)
    {
        var expired = 0L;
        await writer.TransactAsync(connection => ExpireExposures(connection, before), cancel);
        for (var after = 0L; await FindExpiredAsync(before, after, cancel) is { } piece; after = piece.Last)
            expired += await writer.TransactAsync(connection => Expire(connection, piece, before), cancel);
        return expired;
    }

    private long Erase(SqliteConnection connection, DeviceId device)
    {
        writer.Forget(device);
        if (connection.ExecuteScalar<long?>("SELECT key FROM device WHERE app = @App AND id = @Id", device) is not { } key) return 0;
        var erased = connection.Execute("DELETE FROM event WHERE device = @key", new { key });
        connection.Execute("DELETE FROM exposure WHERE device = @key", new { key });
        connection.Execute("DELETE FROM device WHERE key = @key", new { key });
        writer.Count(-erased);
        writer.BeginErasing();
        return erased;
    }

    /// <summary>The first and the last of the oldest events that are to go.</summary>
    private async Task<(long First, long Last)?> FindExpiredAsync(long before, long after, CancellationToken cancel)
    {
        var found = await readers.ReadAsync(connection => connection.QuerySingle<(long? First, long? Last)>(
            """
            SELECT min(sequence), max(sequence)
            FROM (SELECT sequence FROM event WHERE sequence > @after AND received < @before ORDER BY sequence LIMIT @most)
            """,
            new { after, before, most = options.ExpiredPerCommit }), cancel);
        return found is ({ } first, { } last) ? (first, last) : null;
    }

    private int Expire(SqliteConnection connection, (long First, long Last) piece, long before)
    {
        const string Where = "WHERE sequence BETWEEN @First AND @Last AND received < @before";
        var range = new { piece.First, piece.Last, before };
        var devices = connection.Query<long>($"SELECT DISTINCT device FROM event {Where}", range).AsList();
        var expired = connection.Execute($"DELETE FROM event {Where}", range);
        ExpireDevices(connection, devices);
        writer.Count(-expired);
        return expired;
    }

    private int ExpireExposures(SqliteConnection connection, long before)
    {
        var devices = connection.Query<long>("SELECT DISTINCT device FROM exposure WHERE received < @before", new { before }).AsList();
        var expired = connection.Execute("DELETE FROM exposure WHERE received < @before", new { before });
        ExpireDevices(connection, devices);
        return expired;
    }

    private void ExpireDevices(SqliteConnection connection, List<long> devices)
    {
        foreach (var key in devices)
        {
            var without = connection.Query<(string App, string Id)>(ExpireDevice, new { key });
            foreach (var (app, id) in without) writer.Forget(new(app, id));
        }
    }

    /// <summary>Rows as they are, for the id has one of two types.</summary>
    private static List<StoredEvent> Select(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var row = command.ExecuteReader();
        var events = new List<StoredEvent>();
        while (row.Read())
        {
            var e = new NewEvent(EventIdColumn.Read(row.GetValue(3)), row.GetString(4), row.GetInt64(5), (float)row.GetDouble(6));
            events.Add(new(row.GetInt64(0), new(row.GetString(1), row.GetString(2)), e, row.GetInt64(7)));
        }

        return events;
    }
}
