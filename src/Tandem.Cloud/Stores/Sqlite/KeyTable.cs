using Microsoft.Data.Sqlite;

namespace Tandem.Cloud.Stores;

/// <summary>A table of keys: the numbers that stand for texts, those of late use also in memory.</summary>
internal sealed class KeyTable<TKey> : IDisposable where TKey : notnull
{
    private readonly RecentKeys<TKey> _recent;
    private readonly Func<SqliteStatement, TKey, SqliteStatement> _bind;
    private readonly SqliteStatement _find, _add;

    /// <param name="connection">Of the writer.</param>
    /// <param name="remembered">How many keys are kept in memory.</param>
    /// <param name="table">With a column "key".</param>
    /// <param name="columns">Those of the text.</param>
    /// <param name="bind">Puts a text's parts in the order of the columns.</param>
    public KeyTable(
        SqliteConnection connection, int remembered, string table, string[] columns, Func<SqliteStatement, TKey, SqliteStatement> bind)
    {
        (_recent, _bind) = (new(remembered), bind);
        _find = new(connection, $"SELECT key FROM {table} WHERE {string.Join(" AND ", columns.Select(column => $"{column} = ?"))}");
        _add = new(connection, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(_ => "?"))}) "
            + "RETURNING key");
    }

    /// <summary>The number of a text, a new one where it has none yet.</summary>
    public long NumberOf(TKey key)
    {
        if (_recent.TryGet(key, out var number)) return number;
        number = _bind(_find, key).One() ?? _bind(_add, key).One()!.Value;
        _recent.Add(key, number);
        return number;
    }

    public void Forget(TKey key) => _recent.Remove(key);

    public void Clear() => _recent.Clear();

    public void Dispose()
    {
        _find.Dispose();
        _add.Dispose();
    }
}
