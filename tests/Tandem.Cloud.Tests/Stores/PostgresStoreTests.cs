using Npgsql;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>The contract in PostgreSQL.</summary>
public sealed class PostgresStoreTests(PostgresCluster cluster) : StoreContract, IClassFixture<PostgresCluster>
{
    protected override string NewAddress() => cluster.NewDatabase();

    protected override async Task<IStore?> OpenOtherAsync() => await Store.OpenAsync(Address, null, Cancel);

    protected override async Task<long> DevicesAsync(string address)
    {
        await using var connection = new NpgsqlConnection(address["postgres:".Length..]);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM tandem.device", connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    [Fact]
    public async Task Two_services_that_open_a_new_database_at_once_make_one_schema()
    {
        var address = cluster.NewDatabase();
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.OpenAsync(address, null, Cancel)));
        foreach (var store in stores)
        {
            await store.ProbeAsync(Cancel);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_and_a_newer_one_is_refused()
    {
        var address = cluster.NewDatabase();
        IReadOnlyList<Migration> first = Migration.Of("Postgres");
        IReadOnlyList<Migration> more = [.. first, new(first[^1].Version + 1, "ALTER TABLE tandem.event ADD COLUMN note text")];
        await using (var old = await Store.OpenAsync(address, null, Cancel))
            await old.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        await using (var upgraded = await Store.OpenAsync(address, new() { Migrations = more }, Cancel))
            Assert.Equal(3, await upgraded.Events.CountAsync(Cancel));
        var refused = await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(address, null, Cancel));
        Assert.Contains(
            $"schema version {more[^1].Version}, this program knows {first[^1].Version} at most", refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_of_the_schema_that_fails_leaves_nothing()
    {
        var address = cluster.NewDatabase();
        var first = Migration.Of("Postgres");
        var next = first[^1].Version + 1;
        IReadOnlyList<Migration> broken = [.. first, new(next, "CREATE TABLE tandem.half (a int); SELECT nonsense")];
        await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(address, new() { Migrations = broken }, Cancel));
        IReadOnlyList<Migration> mended = [.. first, new(next, "CREATE TABLE tandem.half (a int)")];
        await using var store = await Store.OpenAsync(address, new() { Migrations = mended }, Cancel);
        await store.ProbeAsync(Cancel);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_and_a_server_that_does_not_answer_are_told()
    {
        var address = cluster.NewDatabase();
        var missing = await Assert.ThrowsAsync<StoreException>(
            () => Store.OpenAsync(address.Replace("Database=test", "Database=none", StringComparison.Ordinal), null, Cancel));
        Assert.Contains("no such database", missing.Message, StringComparison.Ordinal);
        var nowhere = await Assert.ThrowsAsync<StoreException>(
            () => Store.OpenAsync("postgres:Host=nowhere.invalid;Timeout=5", null, Cancel));
        Assert.Contains("of nowhere.invalid, port 5432 cannot be reached", nowhere.Message, StringComparison.Ordinal);
        var silent = await Assert.ThrowsAsync<StoreException>(
            () => Store.OpenAsync("postgres:Host=127.0.0.1;Port=9;Database=x;Username=u;Password=hush;Timeout=2", null, Cancel));
        Assert.Contains("cannot be reached", silent.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", silent.Message, StringComparison.Ordinal);
        Assert.True(silent.IsTransient);
    }

    [Fact]
    public async Task An_encoding_without_all_of_Unicode_is_refused()
    {
        var address = cluster.NewDatabase();
        await using (var connection = new NpgsqlConnection(address["postgres:".Length..]))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0", connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        var refused = await Assert.ThrowsAsync<StoreException>(
            () => Store.OpenAsync($"postgres:{cluster.ConnectionString("latin")}", null, Cancel));
        Assert.Contains("encoding LATIN1, expected UTF8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_wait_for_the_disk_where_the_database_is_set_otherwise()
    {
        var address = cluster.NewDatabase();
        await using var store = await Store.OpenAsync(address, null, Cancel);
        await using var connection = new NpgsqlConnection(address["postgres:".Length..]);
        await connection.OpenAsync(Cancel);
        await using (var command = new NpgsqlCommand(
            """
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$;
            CREATE TABLE seen (setting text);
            CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
            CREATE TRIGGER look AFTER INSERT ON tandem.event FOR EACH STATEMENT EXECUTE FUNCTION look();
            """, connection))
        {
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await using var later = await Store.OpenAsync(address + ";Application Name=later", null, Cancel);
        await later.Events.AppendAsync(new("shop", "phone"), [.. Some(0, 3)], 1, Cancel);
        await using var look = new NpgsqlCommand("SELECT string_agg(DISTINCT setting, ',') FROM seen", connection);
        Assert.Equal("on", await look.ExecuteScalarAsync(Cancel));
    }
}
