using System.Runtime.CompilerServices;
using Npgsql;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Stores;

/// <summary>Events in a PostgreSQL database.</summary>
internal sealed class PostgresEvents(PostgresServer server, AppendQueue queue, StoreOptions options) : IEventStore
{
    private const int PageEvents = 5_000;

    private const string Columns = "SELECT e.sequence, d.app, d.id, e.id, i.name, e.time, e.value, e.received ";
    private const string Lookups = "JOIN tandem.device d ON d.key = e.device JOIN tandem.item i ON i.key = e.item ";
    // The size is a part of the statement: the server plans for it.
    private static readonly string _page = FormattableString.Invariant(
        $"{Columns} FROM tandem.event e {Lookups} WHERE e.sequence > $1 ORDER BY e.sequence LIMIT {PageEvents}");
    private static readonly string _pageOfApp = FormattableString.Invariant(
        $"{Columns} FROM tandem.event e {Lookups} WHERE e.sequence > $1 AND d.app = $2 ORDER BY e.sequence LIMIT {PageEvents}");
    private const string Recent = $"""
        {Columns} FROM (
            SELECT * FROM tandem.event WHERE device = (SELECT key FROM tandem.device WHERE app = $1 AND id = $2)
            ORDER BY sequence DESC LIMIT $3) e
        {Lookups} ORDER BY e.sequence
        """;

    private const string EraseEvents = """
        WITH gone AS (
            DELETE FROM tandem.event WHERE device = (SELECT key FROM tandem.device WHERE app = $1 AND id = $2) RETURNING sequence),
        counted AS (UPDATE tandem.counter SET events = events - (SELECT count(*) FROM gone))
        SELECT count(*) FROM gone
        """;
    private const string EraseExposures =
        "DELETE FROM tandem.exposure WHERE device = (SELECT key FROM tandem.device WHERE app = $1 AND id = $2)";
    private const string EraseDevice = "DELETE FROM tandem.device WHERE app = $1 AND id = $2";

    private const string FindExpired = """
        SELECT min(sequence), max(sequence)
        FROM (SELECT sequence FROM tandem.event WHERE sequence > $1 AND received < $2 ORDER BY sequence LIMIT $3) AS piece
        """;
    private const string ExpireEvents = """
        WITH gone AS (DELETE FROM tandem.event WHERE sequence BETWEEN $1 AND $2 AND received < $3 RETURNING device),
        counted AS (UPDATE tandem.counter SET events = events - (SELECT count(*) FROM gone))
        SELECT count(*), array_agg(DISTINCT device) FROM gone
        """;
    private const string ExpireDevices = """
        DELETE FROM tandem.device d WHERE key = ANY ($1) AND NOT EXISTS (SELECT FROM tandem.event e WHERE e.device = d.key)
            AND NOT EXISTS (SELECT FROM tandem.exposure e WHERE e.device = d.key)
        """;
    private const string ExpireExposures = """
        WITH gone AS (DELETE FROM tandem.exposure WHERE received < $1 RETURNING device) SELECT array_agg(DISTINCT device) FROM gone
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
        return await SelectAsync(new(Recent) { Parameters = { Of(device.App), Of(device.Id), Of(most) } }, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        string? app = null, long after = 0, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (List<StoredEvent> page; ; after = page[^1].Sequence)
        {
            page = await SelectAsync(
                app is null
                    ? new(_page) { Parameters = { Of(after) } }
                    : new(_pageOfApp) { Parameters = { Of(after), Of(app) } },
                cancel);
            foreach (var e in page) yield return e;
            if (page.Count < PageEvents) yield break;
        }
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(CancellationToken cancel = default) => server.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT events FROM tandem.counter", connection);
            return (long)(await command.ExecuteScalarAsync(cancel))!;
        },
        cancel);

    /// <inheritdoc/>
    public Task<long> EraseAsync(DeviceId device, CancellationToken cancel = default)
    {
        EventCheck.Require(device);
        return server.RunAsync(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection)
                {
                    BatchCommands =
                    {
                        new(PostgresWriter.Durable),
                        new(PostgresWriter.Lock),
                        new(EraseEvents) { Parameters = { Of(device.App), Of(device.Id) } },
                        new(EraseExposures) { Parameters = { Of(device.App), Of(device.Id) } },
                        new(EraseDevice) { Parameters = { Of(device.App), Of(device.Id) } },
                    },
                };
                await using var row = await batch.ExecuteReaderAsync(cancel);
                for (var result = 0; result < 2; result++) await row.NextResultAsync(cancel);
                await row.ReadAsync(cancel);
                var erased = row.GetInt64(0);
                await row.NextResultAsync(cancel);
                return erased;
            },
            cancel);
    }

    /// <inheritdoc/>
    public async Task<long> ExpireAsync(long before, CancellationToken cancel = default)
    {
        var expired = 0L;
        await ExpireExposuresAsync(before, cancel);
        for (var after = 0L; await FindExpiredAsync(before, after, cancel) is { } piece; after = piece.Last)
            expired += await ExpireAsync(piece, before, cancel);
        return expired;
    }

    private Task<int> ExpireExposuresAsync(long before, CancellationToken cancel) => server.RunAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using (var take = new NpgsqlCommand(PostgresWriter.Lock, connection)) await take.ExecuteNonQueryAsync(cancel);
            await using var delete = new NpgsqlCommand(ExpireExposures, connection) { Parameters = { Of(before) } };
            var devices = await delete.ExecuteScalarAsync(cancel) as int[] ?? [];
            await using var deleteDevices = new NpgsqlCommand(ExpireDevices, connection) { Parameters = { Of(devices) } };
            var deleted = await deleteDevices.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            return deleted;
        },
        cancel);

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private Task<(long First, long Last)?> FindExpiredAsync(long before, long after, CancellationToken cancel)
    {
        return server.RunAsync(FindAsync, cancel);

        async Task<(long First, long Last)?> FindAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand(FindExpired, connection)
            {
                Parameters = { Of(after), Of(before), Of(options.ExpiredPerCommit) },
                CommandTimeout = 0, // it may read all events
            };
            await using var row = await command.ExecuteReaderAsync(cancel);
            await row.ReadAsync(cancel);
            return row.IsDBNull(0) ? null : (row.GetInt64(0), row.GetInt64(1));
        }
    }

    private Task<long> ExpireAsync((long First, long Last) piece, long before, CancellationToken cancel) => server.RunAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var delete = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new(PostgresWriter.Lock),
                    new(ExpireEvents) { Parameters = { Of(piece.First), Of(piece.Last), Of(before) } },
                },
            };
            var (expired, devices) = (0L, Array.Empty<int>());
            await using (var row = await delete.ExecuteReaderAsync(cancel))
            {
                await row.NextResultAsync(cancel);
                await row.ReadAsync(cancel);
                (expired, devices) = (row.GetInt64(0), row.IsDBNull(1) ? [] : row.GetFieldValue<int[]>(1));
            }

            await using var deleteDevices = new NpgsqlCommand(ExpireDevices, connection) { Parameters = { Of(devices) } };
            await deleteDevices.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            return expired;
        },
        cancel);

    private Task<List<StoredEvent>> SelectAsync(NpgsqlCommand command, CancellationToken cancel) => server.RunAsync(
        async connection =>
        {
            command.Connection = connection;
            await using var closing = command;
            await using var row = await command.ExecuteReaderAsync(cancel);
            var events = new List<StoredEvent>();
            while (await row.ReadAsync(cancel))
            {
                var e = new NewEvent(row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetFloat(6));
                events.Add(new(row.GetInt64(0), new(row.GetString(1), row.GetString(2)), e, row.GetInt64(7)));
            }

            return events;
        },
        cancel);
}
