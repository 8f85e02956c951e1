using Dapper;

namespace Tandem.Cloud.Stores;

/// <summary>API keys in a PostgreSQL database.</summary>
internal sealed class PostgresKeys(PostgresServer server) : IApiKeyStore
{
    private const string Table = "tandem.api_key";

    /// <inheritdoc/>
    public async Task AddAsync(ApiKey key, CancellationToken cancel = default)
    {
        var row = ApiKeyRow.Of(key);
        if (await ExecuteAsync(ApiKeyRow.Insert(Table), row, cancel) == 0) throw ApiKeyRow.Exists(key);
    }

    /// <inheritdoc/>
    public Task<ApiKey?> FindAsync(ReadOnlyMemory<byte> hash, CancellationToken cancel = default) => server.RunAsync(
        async connection =>
        {
            var command = new CommandDefinition(
                $"{ApiKeyRow.Select(Table)} WHERE hash = @hash", new { hash = hash.ToArray() }, cancellationToken: cancel);
            return (await connection.QuerySingleOrDefaultAsync<ApiKeyRow>(command))?.ToKey();
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancel = default) => server.RunAsync<IReadOnlyList<ApiKey>>(
        async connection =>
        {
            var rows = await connection.QueryAsync<ApiKeyRow>(
                new CommandDefinition($"{ApiKeyRow.Select(Table)} ORDER BY number", cancellationToken: cancel));
            return [.. rows.Select(row => row.ToKey())];
        },
        cancel);

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancel = default) =>
        await ExecuteAsync($"DELETE FROM {Table} WHERE id = @id", new { id }, cancel) > 0;

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancel) => server.RunAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancel)), cancel);
}
