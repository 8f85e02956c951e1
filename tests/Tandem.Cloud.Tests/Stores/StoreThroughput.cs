using System.Diagnostics;
using System.Globalization;
using Tandem.Cloud.Events;
using Tandem.Cloud.Stores;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>How fast the stores are, and how large. Only that all arrived is asserted; run it by name with <c>-explicit only</c>.</summary>
public sealed class StoreThroughput(PostgresCluster cluster, ITestOutputHelper output) : IClassFixture<PostgresCluster>
{
    private const int BatchEvents = 100, Devices = 2_000, Items = 20_000, MostEvents = 1_000_000;
    private const double Seconds = 5;

    [Theory(Explicit = true)]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Events_per_second(string kind)
    {
        foreach (var writers in new[] { 1, 4, 16 })
        {
            using var folder = new TemporaryFolder();
            await using var store = await Store.OpenAsync(Address(kind, folder), null, TestContext.Current.CancellationToken);
            await AppendAsync(store, writers, 20_000, double.PositiveInfinity, "warm");
            var clock = Stopwatch.StartNew();
            var events = await AppendAsync(store, writers, long.MaxValue, Seconds, "timed");
            var seconds = clock.Elapsed.TotalSeconds;
            Assert.Equal(events + 20_000, await store.Events.CountAsync(TestContext.Current.CancellationToken));
            Tell($"{kind}, {writers} writers: {events / seconds:N0} events/s");
        }
    }

    [Theory(Explicit = true)]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Size_and_memory_of_a_million_events_of_100_000_devices(string kind)
    {
        using var folder = new TemporaryFolder();
        var address = Address(kind, folder);
        var cancel = TestContext.Current.CancellationToken;
        await using var store = await Store.OpenAsync(address, null, cancel);
        var empty = Size(kind, address);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (resident, next) = (Resident(), -1);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (int batch; (batch = Interlocked.Increment(ref next)) < MostEvents / 10;)
                    await store.Events.AppendAsync(new("shop", $"device-{batch:D8}"), Batch(batch, 10), 1_790_000_000, cancel);
            },
            cancel)));
        Tell($"{kind}: {MostEvents / clock.Elapsed.TotalSeconds:N0} events/s in batches of 10, each of a new device, 4 writers");
        Tell($"{kind}: managed {(GC.GetTotalMemory(true) - before) / 1e6:F0} MB more, process {(Resident() - resident) / 1e6:F0} MB more");
        Tell($"{kind}: {(Size(kind, address) - empty) / (double)MostEvents:F0} bytes per event");
        clock.Restart();
        var read = 0;
        await foreach (var _ in store.Events.ReadAsync(null, 0, cancel)) read++;
        Tell($"{kind}: {read / clock.Elapsed.TotalSeconds:N0} events/s read");
        clock.Restart();
        await EventExport.WriteAsync(store.Events, folder["events.parquet"], null, 0, cancel);
        var exported = new FileInfo(folder["events.parquet"]).Length;
        Tell($"{kind}: {read / clock.Elapsed.TotalSeconds:N0} events/s exported, {exported / 1e6:F1} MB");
        clock.Restart();
        for (var i = 0; i < 200; i++)
            Assert.Equal(10, (await store.Events.RecentAsync(new("shop", $"device-{i * 431:D8}"), 50, cancel)).Count);
        Tell($"{kind}: {clock.Elapsed.TotalMilliseconds / 200:F2} ms for a device's recent events");
        clock.Restart();
        await store.Events.EraseAsync(new("shop", "device-00000007"), cancel);
        Tell($"{kind}: {clock.Elapsed.TotalMilliseconds:F0} ms for an erasure");
        clock.Restart();
        Assert.Equal(0, await store.Events.ExpireAsync(1, cancel));
        Tell($"{kind}: {clock.Elapsed.TotalMilliseconds:F0} ms to find that nothing expires");
    }

    /// <summary>Batches of 100 events, each of one of 2,000 devices, ids as UUIDs, until there are so many, or for so long.</summary>
    private static async Task<long> AppendAsync(IStore store, int writers, long most, double seconds, string phase)
    {
        var (clock, sum, next) = (Stopwatch.StartNew(), 0L, -1);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            for (int batch; (batch = Interlocked.Increment(ref next)) < most / BatchEvents && clock.Elapsed.TotalSeconds < seconds;)
            {
                var device = new DeviceId("shop", $"{phase}-{batch % Devices:D8}");
                var receipt = await store.Events.AppendAsync(device, Batch(batch, BatchEvents), 1_790_000_000 + (batch / 100));
                Interlocked.Add(ref sum, receipt.Added);
            }
        })));
        return sum;
    }

    private static NewEvent[] Batch(int number, int events)
    {
        var random = Data.NamedSeed.Create(1, "batch", number);
        var bytes = new byte[16];
        return [.. Enumerable.Range(0, events).Select(i =>
        {
            random.NextBytes(bytes);
            return new NewEvent(new Guid(bytes).ToString(), $"item-{random.Next(Items):D6}", 1_790_000_000 + number + i, 1);
        })];
    }

    private string Address(string kind, TemporaryFolder folder) =>
        kind == "sqlite" ? $"sqlite:{folder["events.db"]}" : cluster.NewDatabase();

    private static long Size(string kind, string address)
    {
        if (kind == "postgres") return PostgresCluster.SizeOf(address);
        var file = address["sqlite:".Length..];
        return new[] { file, $"{file}-wal" }.Sum(path => new FileInfo(path) is { Exists: true } found ? found.Length : 0);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private void Tell(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
