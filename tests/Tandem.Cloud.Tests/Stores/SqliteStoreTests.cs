using System.Text;
using Microsoft.Data.Sqlite;
using Tandem.Cloud.Stores;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>The contract in a SQLite file, and what a file has of its own.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private static readonly int _present = Migration.Of("Sqlite")[^1].Version;
    private readonly TemporaryFolder _folder = new();
    private int _files;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override string NewAddress() => $"sqlite:{_folder[$"store{_files++}.db"]}";

    protected override Task<IStore?> OpenOtherAsync() => Task.FromResult<IStore?>(null);

    protected override Task<long> DevicesAsync(string address)
    {
        using var connection = new SqliteConnection($"Data Source={FileOf(address)};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM device";
        return Task.FromResult((long)command.ExecuteScalar()!);
    }

    /// <summary>
    /// Devices come and go in any order with ids of many lengths, so that pages of the file are split and joined; the ids that were erased
    /// are then looked for in all files.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_of_an_erased_device_is_in_the_files(int seed)
    {
        const int Devices = 600, Erased = 40;
        var address = NewAddress();
        var random = Data.NamedSeed.Create(seed, "erasure");
        var ids = Enumerable.Range(0, Devices).Select(i => $"D{i}!{Letters(random.Next(4, 100))}").ToArray();
        var sent = ids.ToDictionary(id => id, _ => new List<string>());
        await using var store = await Store.OpenAsync(address, null, Cancel);
        for (var round = 0; round < 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Devices).Select(async _ =>
            {
                var id = ids[random.Next(Devices)];
                NewEvent[] events = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => Event(i % 3 == 0))];
                sent[id].AddRange(events.Select(e => e.Id));
                await store.Events.AppendAsync(new("shop", id), events, 1, Cancel);
            }));
        }

        random.Shuffle(ids);
        foreach (var id in ids.Take(Erased))
        {
            Assert.Equal(sent[id].Count, await store.Events.EraseAsync(new("shop", id), Cancel));
            var bytes = AllBytes(address);
            Assert.DoesNotContain(sent[id].Prepend(id), text => Holds(bytes, text));
        }

        var left = ids[Erased..].First(id => sent[id].Count > 0); // the search finds what is there
        Assert.DoesNotContain(sent[left].Prepend(left), text => !Holds(AllBytes(address), text));

        NewEvent Event(bool isGuid)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new(isGuid ? new Guid(bytes).ToString() : $"E!{Letters(random.Next(8, 60))}", "item", 1, 1);
        }

        string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next('a', 'z' + 1)));
    }

    [Fact]
    public async Task An_erasure_waits_for_readers_of_the_log_and_says_so_where_they_do_not_end()
    {
        var address = NewAddress();
        await using var store = await Store.OpenAsync(address, new() { ErasePatience = TimeSpan.FromMilliseconds(100) }, Cancel);
        await store.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        using (var reader = new SqliteConnection($"Data Source={FileOf(address)};Pooling=false"))
        {
            reader.Open();
            using var transaction = reader.BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.CommandText = "SELECT count(*) FROM event";
            Assert.Equal(3L, command.ExecuteScalar());
            var late = await Assert.ThrowsAsync<StoreException>(() => store.Events.EraseAsync(new("shop", "phone"), Cancel));
            Assert.Contains("erase again", late.Message, StringComparison.Ordinal);
            Assert.True(late.IsTransient);
        }

        Assert.Equal(0, await store.Events.EraseAsync(new("shop", "phone"), Cancel));
        Assert.Equal(0, new FileInfo(FileOf(address) + "-wal").Length);
    }

    [Fact]
    public async Task The_file_is_for_its_user_alone_and_alone_in_its_folder_once_closed()
    {
        var file = FileOf(Address);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await base.DisposeAsync();
        Assert.Equal([file, $"{file}.lock"], Directory.EnumerateFiles(_folder.Root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_of_the_first_schema_keeps_its_events_and_takes_what_later_ones_take()
    {
        var address = NewAddress();
        await using (var present = await Store.OpenAsync(address, null, Cancel))
            await present.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        using (var connection = new SqliteConnection($"Data Source={FileOf(address)};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE exposure; DROP TABLE unavailable; PRAGMA user_version = 1";
            command.ExecuteNonQuery();
        }

        await using var store = await Store.OpenAsync(address, null, Cancel);
        Assert.Equal(Some(0, 3), (await store.Events.RecentAsync(new("shop", "phone"), 9, Cancel)).Select(e => e.Event));
        await store.Exposures.AddAsync(new("shop", "phone"), new() { Arms = [new("a", "b", 1)] }, 1, Cancel);
        Assert.Equal(3, Assert.Single(await store.Exposures.ReadAsync("shop", Cancel).ToListAsync(Cancel)).After);
    }

    [Fact]
    public async Task An_older_schema_is_brought_up()
    {
        var address = NewAddress();
        IReadOnlyList<Migration> first = Migration.Of("Sqlite");
        await using (var old = await Store.OpenAsync(address, null, Cancel))
            await old.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        IReadOnlyList<Migration> more = [.. first, new(first[^1].Version + 1, "ALTER TABLE device ADD COLUMN note TEXT")];
        for (var opened = 0; opened < 2; opened++)
        {
            await using var store = await Store.OpenAsync(address, new() { Migrations = more }, Cancel);
            Assert.Equal(Some(0, 3), (await store.Events.RecentAsync(new("shop", "phone"), 9, Cancel)).Select(e => e.Event));
        }
    }

    [Fact]
    public async Task A_step_of_the_schema_that_fails_leaves_the_file_at_the_step_before()
    {
        var address = NewAddress();
        IReadOnlyList<Migration> broken =
        [
            .. Migration.Of("Sqlite"), new(_present + 1, "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"),
        ];
        await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(address, new() { Migrations = broken }, Cancel));
        await using var store = await Store.OpenAsync(address, null, Cancel); // the version before still
        Assert.Equal(0, await store.Events.CountAsync(Cancel));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is_byte_for_byte()
    {
        var address = NewAddress();
        IReadOnlyList<Migration> more = [.. Migration.Of("Sqlite"), new(_present + 1, "CREATE TABLE future (a)")];
        await using (var newer = await Store.OpenAsync(address, new() { Migrations = more }, Cancel))
            await newer.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        var before = await File.ReadAllBytesAsync(FileOf(address), Cancel);
        var refused = await RefusedAsync(address);
        Assert.Contains(
            $"schema version {_present + 1}, this program knows {_present} at most; nothing was changed", refused,
            StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(FileOf(address), Cancel));
        Assert.Empty(Directory.EnumerateFiles(_folder.Root, Path.GetFileName(FileOf(address)) + "-*"));
    }

    [Fact]
    public async Task Files_that_are_no_store_are_refused_and_stay_as_they_are()
    {
        var text = _folder.Write("text.db", new string('x', 5_000));
        Assert.Contains("no SQLite database", await RefusedAsync($"sqlite:{text}"), StringComparison.Ordinal);
        Assert.Equal(5_000, new FileInfo(text).Length);
        var cut = _folder.Write("short.db", "SQLite");
        Assert.Contains("no SQLite database", await RefusedAsync($"sqlite:{cut}"), StringComparison.Ordinal);
        using (var other = new SqliteConnection($"Data Source={_folder["other.db"]};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE event (a)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("another program", await RefusedAsync($"sqlite:{_folder["other.db"]}"), StringComparison.Ordinal);
        Assert.Contains("is a folder", await RefusedAsync($"sqlite:{_folder.Root}"), StringComparison.Ordinal);
        Assert.Contains("does not exist", await RefusedAsync($"sqlite:{_folder["missing/store.db"]}"), StringComparison.Ordinal);
        Assert.Contains("nothing follows", await RefusedAsync("sqlite:"), StringComparison.Ordinal);
        Assert.Contains("'mysql' are unknown", await RefusedAsync("mysql:host"), StringComparison.Ordinal);
        Assert.Contains("cannot be read", await RefusedAsync("postgres:nonsense"), StringComparison.Ordinal);
        Assert.Contains("names no Host", await RefusedAsync("postgres:Database=x"), StringComparison.Ordinal);
        var faults = await Assert.ThrowsAsync<ArgumentException>(
            () => Store.OpenAsync(NewAddress(), new() { MostWaiting = 0, ExpiredPerCommit = -1 }, Cancel));
        Assert.Contains("MostWaiting is 0", faults.Message, StringComparison.Ordinal);
        Assert.Contains("ExpiredPerCommit is -1", faults.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("zeroed")]
    [InlineData("scrambled")]
    public async Task A_damaged_file_is_told(string how)
    {
        var address = NewAddress();
        await using (var store = await Store.OpenAsync(address, null, Cancel))
            await store.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 5_000)], 1, Cancel);
        var bytes = await File.ReadAllBytesAsync(FileOf(address), Cancel);
        if (how == "cut") bytes = bytes[..(bytes.Length / 2)];
        else if (how == "zeroed") Array.Clear(bytes, 4096, 4096 * 12);
        else Data.NamedSeed.Create(1, "damage").NextBytes(bytes.AsSpan(4096 * 20, 4096 * 4));
        await File.WriteAllBytesAsync(FileOf(address), bytes, Cancel);
        Assert.Contains("is damaged", await RefusedAsync(address), StringComparison.Ordinal);
        await using var copy = await Store.OpenAsync(NewAddress(), null, Cancel); // the process goes on
    }

    [Fact]
    public async Task A_failed_transaction_keeps_nothing_and_the_next_succeeds()
    {
        var address = NewAddress();
        await using var store = await Store.OpenAsync(address, null, Cancel);
        await store.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        using var other = new SqliteConnection($"Data Source={FileOf(address)};Pooling=false");
        other.Open();
        Execute("CREATE TRIGGER fault BEFORE INSERT ON event WHEN new.time = 1700000107 BEGIN SELECT raise(ABORT, 'no such luck'); END");
        var failed = await Assert.ThrowsAsync<StoreException>(
            () => store.Events.AppendAsync(new("shop", "new device"), [.. Some(100, 20)], 1, Cancel));
        Assert.Contains("no such luck", failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, await store.Events.CountAsync(Cancel));
        Execute("DROP TRIGGER fault");
        Assert.Equal(20, (await store.Events.AppendAsync(new("shop", "new device"), [.. Some(100, 20)], 1, Cancel)).Added);
        Assert.Equal(20, (await store.Events.RecentAsync(new("shop", "new device"), 99, Cancel)).Count);
        Assert.Equal(2, await DevicesAsync(address));

        void Execute(string sql)
        {
            using var command = other.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static string FileOf(string address) => address["sqlite:".Length..];

    private static async Task<string> RefusedAsync(string address) =>
        (await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(address, null, Cancel))).Message;

    private byte[] AllBytes(string address) => [.. Directory.EnumerateFiles(_folder.Root, Path.GetFileName(FileOf(address)) + "*")
        .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal))
        .SelectMany(ReadShared)];

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, string text) =>
        bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
        || (Guid.TryParse(text, out var guid) && bytes.IndexOf(guid.ToByteArray(bigEndian: true)) >= 0);
}
