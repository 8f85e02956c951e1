using Dapper;

namespace Tandem.Cloud.Stores;

/// <summary>API keys in a SQLite file.</summary>
internal sealed class SqliteKeys(SqliteReaders readers, SqliteWriter writer) : IApiKeyStore
{
    private static readonly string _select = ApiKeyRow.Select("api_key");

    /// <inheritdoc/>
    public async Task AddAsync(ApiKey key, CancellationToken cancel = default)
    {
        var row = ApiKeyRow.Of(key);
        if (await writer.TransactAsync(connection => connection.Execute(ApiKeyRow.Insert("api_key"), row), cancel) == 0)
            throw ApiKeyRow.Exists(key);
    }

    /// <inheritdoc/>
    public Task<ApiKey?> FindAsync(ReadOnlyMemory<byte> hash, CancellationToken cancel = default) => readers.ReadAsync(
        connection => connection.QuerySingleOrDefault<ApiKeyRow>($"{_select} WHERE hash = @hash", new { hash = hash.ToArray() })?.ToKey(),
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancel = default) => readers.ReadAsync<IReadOnlyList<ApiKey>>(
        connection => [.. connection.Query<ApiKeyRow>($"{_select} ORDER BY number").Select(row => row.ToKey())], cancel);

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancel = default) =>
        await writer.TransactAsync(connection => connection.Execute("DELETE FROM api_key WHERE id = @id", new { id }), cancel) > 0;
}
