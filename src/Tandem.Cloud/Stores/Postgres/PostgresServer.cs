using System.Net.Sockets;
using Npgsql;

namespace Tandem.Cloud.Stores;

/// <summary>A PostgreSQL database by its pool of connections, with the faults that people understand.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const int PreparedStatements = 32;
    private const long MigrationLock = 0x54_6e_64_6d;       // "Tndm": two services that start at once take turns
    private const string Utf8 = "UTF8";

    private readonly NpgsqlDataSource _pool;

    private PostgresServer(NpgsqlDataSource pool, string description) => (_pool, Description) = (pool, description);

    /// <summary>Server and database, no password.</summary>
    public string Description { get; private set; }

    /// <summary>Connects, and brings the schema to the last step.</summary>
    /// <exception cref="StoreException">The server cannot be reached, or the database cannot be used.</exception>
    public static async Task<PostgresServer> OpenAsync(string connectionString, StoreOptions options, CancellationToken cancel)
    {
        var parts = Parse(connectionString);
        var server = new PostgresServer(
            NpgsqlDataSource.Create(parts), $"PostgreSQL database {parts.Database} of {parts.Host}, port {parts.Port}");
        try
        {
            await server.RunAsync(connection => PrepareAsync(connection, options.Migrations ?? Migration.Of("Postgres")), cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        async Task<bool> PrepareAsync(NpgsqlConnection connection, IReadOnlyList<Migration> steps)
        {
            await server.RequireSettingsAsync(connection, cancel);
            await server.MigrateAsync(connection, steps, cancel);
            return true;
        }
    }

    /// <summary>Runs on a connection of its own.</summary>
    /// <exception cref="StoreException">It failed.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> run, CancellationToken cancel)
    {
        try
        {
            await using var connection = await _pool.OpenConnectionAsync(cancel);
            return await run(connection);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException) // the latter where a name leads nowhere
        {
            throw Fault(e);
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrEmpty(parts.Host)) throw new StoreException("the connection string of PostgreSQL names no Host");
            if (!parts.ContainsKey("Max Auto Prepare")) parts.MaxAutoPrepare = PreparedStatements;
            if (!parts.ContainsKey("Application Name")) parts.ApplicationName = "tandem";
            return parts;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException) // its text may hold a password
        {
            throw new StoreException("the connection string of PostgreSQL cannot be read; expected KEYWORD=VALUE;... as Npgsql documents");
        }
    }

    private StoreException Fault(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            new($"{Description}: there is no such database; make it first, with encoding {Utf8}", e),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => new(
            $"{Description}: the user may not do this ({e.Message}); let it make the schema tandem, or own it", e),
        PostgresException refused => new($"{Description}: {refused.MessageText} ({refused.SqlState})", e)
        {
            IsTransient = refused.IsTransient,
        },
        _ => new($"{Description} cannot be reached: {e.InnerException?.Message ?? e.Message}; is the server running?", e)
        {
            IsTransient = true,
        },
    };

    private async Task RequireSettingsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting('server_encoding'), current_setting('fsync')", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        if (row.GetString(0) is var encoding && encoding != Utf8)
            throw new StoreException($"{Description} has encoding {encoding}, expected {Utf8}; make one with ENCODING '{Utf8}'");
        if (row.GetString(1) != "on") Description += " (fsync is off: a power cut loses what was acknowledged)";
    }

    private async Task MigrateAsync(NpgsqlConnection connection, IReadOnlyList<Migration> steps, CancellationToken cancel)
    {
        foreach (var step in Migration.After(steps, await VersionAsync(connection, cancel), Description))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", cancel);
            if (await VersionAsync(connection, cancel) >= step.Version) continue; // another service was first
            await ExecuteAsync(connection, "CREATE SCHEMA IF NOT EXISTS tandem", cancel);
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS tandem.schema (version integer PRIMARY KEY)", cancel);
            await ExecuteAsync(connection, step.Script, cancel);
            await ExecuteAsync(connection, $"INSERT INTO tandem.schema VALUES ({step.Version})", cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    /// <summary>0 where there is nothing yet.</summary>
    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // Not to_regclass: within a transaction it may remember that there was none.
        const string Exists = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'tandem' AND tablename = 'schema')";
        await using (var exists = new NpgsqlCommand(Exists, connection))
        {
            if (!(bool)(await exists.ExecuteScalarAsync(cancel))!) return 0;
        }

        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM tandem.schema", connection);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
