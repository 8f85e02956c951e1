using Dapper;
using Microsoft.Data.Sqlite;

namespace Tandem.Cloud.Stores;

/// <summary>A store in one SQLite file.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter _writer;
    private readonly AppendQueue _queue;

    private SqliteStore(SqliteFile file, SqliteWriter writer, StoreOptions options)
    {
        (_file, _writer, _readers) = (file, writer, new(file));
        _queue = new(options, writer.KeepAsync);
        Events = new SqliteEvents(_readers, writer, _queue, options);
        Exposures = new SqliteExposures(_readers, _queue);
        Items = new SqliteItems(_readers, writer);
        Keys = new SqliteKeys(_readers, writer);
    }

    /// <inheritdoc/>
    public string Description => $"SQLite file {_file.Path}";

    /// <inheritdoc/>
    public IEventStore Events { get; }

    /// <inheritdoc/>
    public IExposureStore Exposures { get; }

    /// <inheritdoc/>
    public IItemStore Items { get; }

    /// <inheritdoc/>
    public IApiKeyStore Keys { get; }

    /// <summary>As <see cref="Store.OpenAsync"/> does.</summary>
    public static Task<SqliteStore> OpenAsync(string path, StoreOptions options, CancellationToken cancel) => Task.Run(
        () =>
        {
            var file = SqliteFile.Open(path, options, out var connection);
            try
            {
                return new SqliteStore(file, new(file, connection, options.RememberedKeys), options);
            }
            catch (SqliteException e) // tables are missing
            {
                connection.Dispose();
                file.Dispose();
                throw file.Fault(e);
            }
        },
        cancel);

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancel = default) =>
        _readers.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT last_sequence FROM counter"), cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _readers.Close();
        await _writer.DisposeAsync();
        _file.Dispose();
    }
}
