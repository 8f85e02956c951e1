namespace Tandem.Cloud.Stores;

/// <summary>Opens stores by their addresses.</summary>
public static class Store
{
    /// <summary>Begins the address of a file: <c>sqlite:FILE</c>.</summary>
    public const string SqlitePrefix = "sqlite:";

    /// <summary>Begins the address of a database: <c>postgres:CONNECTIONSTRING</c>, with Npgsql's keywords.</summary>
    public const string PostgresPrefix = "postgres:";

    /// <summary>
    /// Opens a store and brings an older schema to this version's. A SQLite file is made where there is none, in an existing folder, for
    /// its user alone to read; one process at a time has it. A PostgreSQL database must exist; many processes may have it.
    /// </summary>
    /// <param name="address"><c>sqlite:FILE</c> or <c>postgres:CONNECTIONSTRING</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancel">Ends the opening.</param>
    /// <exception cref="ArgumentException">Options cannot be used; every fault is named.</exception>
    /// <exception cref="StoreException">The address is of no known kind, or what it names cannot be used; the message says why.</exception>
    public static async Task<IStore> OpenAsync(string address, StoreOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        options ??= new();
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        if (Rest(address, SqlitePrefix) is { } file) return await SqliteStore.OpenAsync(file, options, cancel);
        if (Rest(address, PostgresPrefix) is { } connection) return await PostgresStore.OpenAsync(connection, options, cancel);
        var kind = address.Split(':')[0];
        throw new StoreException($"stores of kind '{kind}' are unknown; expected {SqlitePrefix}FILE or {PostgresPrefix}CONNECTIONSTRING");
    }

    private static string? Rest(string address, string prefix)
    {
        if (!address.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return null;
        var rest = address[prefix.Length..].Trim();
        return rest.Length > 0 ? rest : throw new StoreException($"nothing follows {prefix}; expected a {(prefix == SqlitePrefix
            ? "file" : "connection string, such as Host=localhost;Database=tandem;Username=tandem")}");
    }
}
