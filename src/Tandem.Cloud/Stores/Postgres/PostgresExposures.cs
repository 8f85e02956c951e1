using System.Runtime.CompilerServices;
using Npgsql;

namespace Tandem.Cloud.Stores;

/// <summary>Exposures in a PostgreSQL database.</summary>
internal sealed class PostgresExposures(PostgresServer server, AppendQueue queue) : IExposureStore
{
    private const int PageRows = 1_000;
    private static readonly string _page = FormattableString.Invariant($"""
        SELECT e.key, e.after, d.app, d.id, e.model, e.arms, e.items, e.received
        FROM tandem.exposure e JOIN tandem.device d ON d.key = e.device WHERE e.key > $1 AND d.app = $2 ORDER BY e.key LIMIT {PageRows}
        """);

    /// <inheritdoc/>
    public Task AddAsync(DeviceId device, Exposure exposure, long received, CancellationToken cancel = default)
    {
        ExposureColumns.Require(device, exposure);
        return queue.AddAsync(new(device, [], received) { Exposure = exposure }, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredExposure> ReadAsync(string app, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var last = 0L; ;)
        {
            var from = last;
            var page = await server.RunAsync(connection => PageAsync(connection, app, from, cancel), cancel);
            foreach (var (_, exposure) in page) yield return exposure;
            if (page.Count < PageRows) yield break;
            last = page[^1].Key;
        }
    }

    private static async Task<List<(long Key, StoredExposure Exposure)>> PageAsync(
        NpgsqlConnection connection, string app, long last, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(_page, connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = last }, new NpgsqlParameter<string> { TypedValue = app } },
        };
        var page = new List<(long, StoredExposure)>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var model = await row.IsDBNullAsync(4, cancel) ? null : row.GetString(4);
            page.Add((row.GetInt64(0), new(
                row.GetInt64(1), new(row.GetString(2), row.GetString(3)),
                ExposureColumns.Read(model, row.GetString(5), row.GetFieldValue<byte[]>(6)), row.GetInt64(7))));
        }

        return page;
    }
}
