using Npgsql;

namespace Tandem.Cloud.Stores;

/// <summary>A store in a PostgreSQL database, which other processes may use at the same time.</summary>
internal sealed class PostgresStore : IStore
{
    private readonly PostgresServer _server;
    private readonly AppendQueue _queue;

    private PostgresStore(PostgresServer server, StoreOptions options)
    {
        _server = server;
        _queue = new(options, new PostgresWriter(server, options.RememberedKeys).KeepAsync);
        Events = new PostgresEvents(server, _queue, options);
        Exposures = new PostgresExposures(server, _queue);
        Items = new PostgresItems(server);
        Keys = new PostgresKeys(server);
    }

    /// <inheritdoc/>
    public string Description => _server.Description;

    /// <inheritdoc/>
    public IEventStore Events { get; }

    /// <inheritdoc/>
    public IExposureStore Exposures { get; }

    /// <inheritdoc/>
    public IItemStore Items { get; }

    /// <inheritdoc/>
    public IApiKeyStore Keys { get; }

    /// <summary>As <see cref="Store.OpenAsync"/> does.</summary>
    public static async Task<PostgresStore> OpenAsync(string connectionString, StoreOptions options, CancellationToken cancel) =>
        new(await PostgresServer.OpenAsync(connectionString, options, cancel), options);

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancel = default) => _server.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT last_sequence FROM tandem.counter", connection);
            return await command.ExecuteScalarAsync(cancel);
        },
        cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _server.DisposeAsync();
    }
}
