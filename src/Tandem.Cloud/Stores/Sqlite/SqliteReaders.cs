using Microsoft.Data.Sqlite;

namespace Tandem.Cloud.Stores;

/// <summary>Connections for reading, each for one call.</summary>
internal sealed class SqliteReaders(SqliteFile file)
{
    private volatile bool _isClosed;

    public string Path => file.Path;

    /// <summary>Reads what is committed. The work is done at once: SQLite's files are never waited for asynchronously.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isClosed, typeof(IStore));
        try
        {
            using var connection = file.OpenReader();
            return Task.FromResult(read(connection));
        }
        catch (SqliteException e)
        {
            throw file.Fault(e);
        }
    }

    /// <summary>No more.</summary>
    public void Close() => _isClosed = true;
}
