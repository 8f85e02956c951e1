using Dapper;
using Npgsql;

namespace Tandem.Cloud.Stores;

/// <summary>Unavailable items in a PostgreSQL database.</summary>
internal sealed class PostgresItems(PostgresServer server) : IItemStore
{
    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> UnavailableAsync(string app, CancellationToken cancel = default) =>
        server.RunAsync<IReadOnlySet<string>>(
            async connection => (await connection.QueryAsync<string>(
                    new CommandDefinition("SELECT item FROM tandem.unavailable WHERE app = @app", new { app }, cancellationToken: cancel)))
                .ToHashSet(StringComparer.Ordinal),
            cancel);

    /// <inheritdoc/>
    public Task MarkAsync(
        string app, IReadOnlyCollection<string> unavailable, IReadOnlyCollection<string> available, CancellationToken cancel = default)
    {
        EventCheck.RequireItems(app, unavailable.Concat(available));
        return server.RunAsync(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection) // an implicit transaction
                {
                    BatchCommands =
                    {
                        Of("INSERT INTO tandem.unavailable SELECT $1, unnest($2) ORDER BY 2 ON CONFLICT DO NOTHING", unavailable),
                        Of("DELETE FROM tandem.unavailable WHERE app = $1 AND item = ANY ($2)", available),
                    },
                };
                return await batch.ExecuteNonQueryAsync(cancel);
            },
            cancel);

        NpgsqlBatchCommand Of(string sql, IReadOnlyCollection<string> items) => new(sql)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = app }, new NpgsqlParameter<string[]> { TypedValue = [.. items] } },
        };
    }
}
