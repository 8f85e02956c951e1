using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Tandem.Cloud.Stores;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>Processes are killed while they append; afterwards every acknowledged event must be there, and every append whole.</summary>
public sealed class CrashTests(PostgresCluster cluster) : IClassFixture<PostgresCluster>
{
    private const int Rounds = 3, MostMillis = 400;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_process_leaves_a_whole_file_with_all_that_it_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var (file, random, acknowledged) = (folder["store.db"], Data.NamedSeed.Create(1, "kills"), new List<(string, long)>());
        for (var round = 0; round < Rounds; round++)
        {
            using (var process = AppendingProcess.Start($"sqlite:{file}", folder[$"told{round}"]))
            {
                await process.ToldAsync(1, Cancel);
                await Task.Delay(random.Next(MostMillis), Cancel);
                acknowledged.AddRange(process.Kill());
            }

            await using (var store = await Store.OpenAsync($"sqlite:{file}", null, Cancel)) await CheckAsync(store, acknowledged);
            using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            Assert.Equal("ok", command.ExecuteScalar());
        }

        Assert.True(acknowledged.Count >= Rounds);
    }

    [Fact]
    public async Task A_killed_server_has_all_that_it_acknowledged_when_it_starts_again()
    {
        var (address, random) = (cluster.NewDatabase(), Data.NamedSeed.Create(1, "kills of a server"));
        await using var store = await Store.OpenAsync(address, null, Cancel);
        var acknowledged = new ConcurrentBag<(string, long)>();
        for (var (round, first) = (0, 0L); round < Rounds; round++, first += 1_000_000)
        {
            var before = acknowledged.Count;
            var writing = Enumerable.Range(0, AppendUntilKilled.Writers).Select(writer => AppendAsync($"{writer}", first)).ToArray();
            while (acknowledged.Count == before) await Task.Delay(1, Cancel);
            await Task.Delay(random.Next(MostMillis), Cancel);
            cluster.Kill();
            foreach (var fault in await Task.WhenAll(writing)) Assert.True(fault.IsTransient, fault.ToString());
            cluster.Start();
            await CheckAsync(await AnsweringAsync(store), [.. acknowledged]);
        }

        async Task<StoreException> AppendAsync(string writer, long first)
        {
            for (var number = first; ; number++)
            {
                try
                {
                    await store.Events.AppendAsync(new("shop", writer), [.. AppendUntilKilled.Events(number)], 1, Cancel);
                    acknowledged.Add((writer, number));
                }
                catch (StoreException e)
                {
                    return e;
                }
            }
        }
    }

    /// <summary>Tries again as a caller would: connections of the pool are those to the server that was.</summary>
    private static async Task<IStore> AnsweringAsync(IStore store)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await store.ProbeAsync(Cancel);
                return store;
            }
            catch (StoreException e) when (e.IsTransient && attempt < 100)
            {
                await Task.Delay(50, Cancel);
            }
        }
    }

    private static async Task CheckAsync(IStore store, IReadOnlyList<(string Writer, long Number)> acknowledged)
    {
        var kept = await store.Events.ReadAsync(cancel: Cancel).ToListAsync(Cancel);
        var appends = kept.GroupBy(e => (e.Device.Id, e.Event.Time), e => e.Event).ToDictionary(append => append.Key);
        Assert.DoesNotContain(acknowledged, append => !appends.ContainsKey(append));
        Assert.All(appends, append => Assert.Equal(AppendUntilKilled.Events(append.Key.Time), append.Value));
        Assert.Equal(kept.Count, await store.Events.CountAsync(Cancel));
    }
}
