using System.Runtime.CompilerServices;
using Dapper;

namespace Tandem.Cloud.Stores;

/// <summary>Exposures in a SQLite file.</summary>
internal sealed class SqliteExposures(SqliteReaders readers, AppendQueue queue) : IExposureStore
{
    private const int PageRows = 1_000;
    private const string Page = """
        SELECT e.key AS Key, e.after AS After, d.app AS App, d.id AS Id, e.model AS Model, e.arms AS Arms, e.items AS Items,
            e.received AS Received
        FROM exposure e CROSS JOIN device d ON d.key = e.device WHERE e.key > @last AND d.app = @app ORDER BY e.key LIMIT @most
        """;

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
            var page = await readers.ReadAsync(
                connection => connection.Query<Row>(Page, new { last = from, app, most = PageRows }).AsList(), cancel);
            foreach (var row in page)
            {
                yield return new(
                    row.After, new(row.App, row.Id), ExposureColumns.Read(row.Model, row.Arms, row.Items), row.Received);
            }

            if (page.Count < PageRows) yield break;
            last = page[^1].Key;
        }
    }

    private sealed record Row(long Key, long After, string App, string Id, string? Model, string Arms, byte[] Items, long Received);
}
