using Npgsql;
using Tandem.Cloud.Tests.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Tests.Cluster;

/// <summary>Two services on one database; skipped where there is no PostgreSQL.</summary>
public class ClusterTests(TrainedRuns runs, PostgresCluster database) : IClassFixture<PostgresCluster>
{
    private static readonly int[] _history = [3, 1, 4, 15];

    [Fact]
    public async Task A_device_is_one_whichever_machine_it_asks_and_is_found_again_when_its_own_is_gone()
    {
        var store = database.NewDatabase();
        await using var first = await StartAsync(store);
        var second = await StartAsync(store);
        Assert.Equal(2, await ActiveAsync(store));
        string[] devices = [.. Enumerable.Range(0, 8).Select(i => $"device-{i}")]; // some of them live on either
        foreach (var device in devices)
        {
            await second.PostAsync("v1/events", Batch(), device).JsonAsync();
            await Eventually.HoldsAsync(async () => Assert.Equal(4, await EventsOfAsync(first, device)));
            Assert.Equal(4, await EventsOfAsync(second, device));
        }

        await second.DisposeAsync();
        foreach (var device in devices) await Eventually.HoldsAsync(async () => Assert.Equal(4, await EventsOfAsync(first, device)));
    }

    private static async Task<int> EventsOfAsync(RunningService service, string device) =>
        (await service.PostAsync("v1/candidates", new { Count = 5 }, device).JsonAsync()).GetProperty("historyLength").GetInt32();

    private Task<RunningService> StartAsync(string store) => RunningService.StartAsync(
        runs.Counted, options => options with { Store = store, Cluster = new() { Name = "test" } });

    private static async Task<long> ActiveAsync(string store)
    {
        await using var connection = new NpgsqlConnection(store["postgres:".Length..]);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        const string Active = "3"; // SiloStatus.Active
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM tandem.silo WHERE entry->>'Status' = '{Active}'", connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private EventBatch Batch() => new()
    {
        CatalogVersion = runs.Dataset.Catalog.Version,
        Events = [.. _history.Select((item, i) => new ReportedEvent { Id = $"{i}", Item = item, Time = i })],
    };
}
