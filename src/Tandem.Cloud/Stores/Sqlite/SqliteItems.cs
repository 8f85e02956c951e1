using Dapper;

namespace Tandem.Cloud.Stores;

/// <summary>Unavailable items in a SQLite file.</summary>
internal sealed class SqliteItems(SqliteReaders readers, SqliteWriter writer) : IItemStore
{
    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> UnavailableAsync(string app, CancellationToken cancel = default) =>
        readers.ReadAsync<IReadOnlySet<string>>(
            connection => connection.Query<string>("SELECT item FROM unavailable WHERE app = @app", new { app })
                .ToHashSet(StringComparer.Ordinal),
            cancel);

    /// <inheritdoc/>
    public Task MarkAsync(
        string app, IReadOnlyCollection<string> unavailable, IReadOnlyCollection<string> available, CancellationToken cancel = default)
    {
        EventCheck.RequireItems(app, unavailable.Concat(available));
        return writer.TransactAsync(
            connection => connection.Execute("INSERT OR IGNORE INTO unavailable VALUES (@app, @item)", Rows(unavailable))
                + connection.Execute("DELETE FROM unavailable WHERE app = @app AND item = @item", Rows(available)),
            cancel);

        IEnumerable<object> Rows(IReadOnlyCollection<string> items) => items.Select(item => new { app, item });
    }
}
