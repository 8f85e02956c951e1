using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Tandem.Cloud.Cluster;

/// <summary>
/// Orleans' membership protocol over two tables of the store: a change is taken only where neither the cluster's version nor the silo's was
/// changed meanwhile, so that all silos agree on who is dead.
/// </summary>
/// <param name="database">The store's.</param>
/// <param name="cluster">Its name.</param>
/// <remarks>
/// Orleans' own provider for PostgreSQL wants scripts to be run by hand that its package does not hold; here the tables come and change
/// with those of events.
/// </remarks>
internal sealed class PostgresMembership(NpgsqlDataSource database, string cluster) : IMembershipTable
{
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        if (!tryInitTableVersion) return;
        await using var command = Command("INSERT INTO tandem.cluster VALUES ($1, 0) ON CONFLICT DO NOTHING");
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        await using var command = database.CreateCommand("DELETE FROM tandem.cluster WHERE name = $1");
        command.Parameters.Add(new() { Value = clusterId });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        await using var command = Command(
            "DELETE FROM tandem.silo WHERE cluster = $1 AND alive < $2 AND (entry->>'Status')::int = $3");
        command.Parameters.Add(new() { Value = beforeDate.UtcDateTime });
        command.Parameters.Add(new() { Value = (int)SiloStatus.Dead });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async Task<MembershipTableData> ReadRow(SiloAddress key) => await ReadAsync(key.ToParsableString()).ConfigureAwait(false);

    public async Task<MembershipTableData> ReadAll() => await ReadAsync(address: null).ConfigureAwait(false);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => ChangeAsync(
        tableVersion, "INSERT INTO tandem.silo VALUES ($1, $2, 0, $3, $4) ON CONFLICT DO NOTHING", entry, etag: null);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(
        tableVersion,
        "UPDATE tandem.silo SET etag = etag + 1, alive = $3, entry = $4 WHERE cluster = $1 AND address = $2 AND etag = $5", entry, etag);

    public async Task UpdateIAmAlive(MembershipEntry entry)
    {
        await using var command = Command("UPDATE tandem.silo SET alive = $2 WHERE cluster = $1 AND address = $3");
        command.Parameters.Add(new() { Value = Utc(entry.IAmAliveTime) });
        command.Parameters.Add(new() { Value = entry.SiloAddress.ToParsableString() });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>The cluster's version and its silos, or one of them, of one moment.</summary>
    private async Task<MembershipTableData> ReadAsync(string? address)
    {
        await using var command = Command(
            "SELECT c.version, s.address, s.etag, s.alive, s.entry::text FROM tandem.cluster c "
            + "LEFT JOIN tandem.silo s ON s.cluster = c.name AND ($2 IS NULL OR s.address = $2) WHERE c.name = $1");
        command.Parameters.Add(new() { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var (version, silos) = (0, new List<Tuple<MembershipEntry, string>>());
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            version = reader.GetInt32(0);
            if (!reader.IsDBNull(1)) silos.Add(Silo(reader));
        }

        return new(silos, new(version, Text(version)));
    }

    private async Task<bool> ChangeAsync(TableVersion version, string change, MembershipEntry entry, string? etag)
    {
        await using var connection = await database.OpenConnectionAsync().ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var raise = new NpgsqlCommand(
            "UPDATE tandem.cluster SET version = $2 WHERE name = $1 AND version = $2 - 1", connection, transaction);
        raise.Parameters.Add(new() { Value = cluster });
        raise.Parameters.Add(new() { Value = version.Version });
        if (await raise.ExecuteNonQueryAsync().ConfigureAwait(false) != 1) return false;
        await using var command = new NpgsqlCommand(change, connection, transaction);
        command.Parameters.Add(new() { Value = cluster });
        command.Parameters.Add(new() { Value = entry.SiloAddress.ToParsableString() });
        command.Parameters.Add(new() { Value = Utc(entry.IAmAliveTime) });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(SiloEntry.Of(entry)), NpgsqlDbType = NpgsqlDbType.Jsonb });
        if (etag is not null) command.Parameters.Add(new() { Value = int.Parse(etag, CultureInfo.InvariantCulture) });
        if (await command.ExecuteNonQueryAsync().ConfigureAwait(false) != 1) return false;
        await transaction.CommitAsync().ConfigureAwait(false);
        return true;
    }

    private static Tuple<MembershipEntry, string> Silo(DbDataReader reader)
    {
        var entry = JsonSerializer.Deserialize<SiloEntry>(reader.GetString(4))!;
        return Tuple.Create(entry.ToMembership(reader.GetString(1), reader.GetDateTime(3)), Text(reader.GetInt32(2)));
    }

    private NpgsqlCommand Command(string text)
    {
        var command = database.CreateCommand(text);
        command.Parameters.Add(new() { Value = cluster });
        return command;
    }

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
