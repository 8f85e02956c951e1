using System.Security.Cryptography;

namespace Tandem.Cloud.Stores;

/// <summary>An API key as a database's row.</summary>
internal sealed class ApiKeyRow
{
    private const string Columns = "id, app, scope, hash, created, expires";

    public required string Id { get; init; }

    public required string App { get; init; }

    public required string Scope { get; init; }

    public required byte[] Hash { get; init; }

    public required long Created { get; init; }

    public required long? Expires { get; init; }

    /// <exception cref="ArgumentException">The key cannot be kept.</exception>
    public static ApiKeyRow Of(ApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (EventCheck.Fault(key.Id, ApiKey.LongestId) is { } id) throw new ArgumentException($"the key's id {id}", nameof(key));
        if (EventCheck.Fault(key.App, DeviceId.LongestApp) is { } app) throw new ArgumentException($"the app's name {app}", nameof(key));
        if (key.Hash?.Length is not SHA256.HashSizeInBytes)
            throw new ArgumentException($"the hash of '{key.Id}' has {key.Hash?.Length ?? 0} bytes, expected SHA-256's 32", nameof(key));
        return new()
        {
            Id = key.Id,
            App = key.App,
            Scope = key.Scope.ToString(),
            Hash = key.Hash,
            Created = key.Created,
            Expires = key.Expires,
        };
    }

    public static string Insert(string table) =>
        $"INSERT INTO {table} ({Columns}) VALUES (@Id, @App, @Scope, @Hash, @Created, @Expires) ON CONFLICT DO NOTHING";

    public static string Select(string table) => $"SELECT {Columns} FROM {table}";

    public static ArgumentException Exists(ApiKey key) =>
        new($"a key with the id '{key.Id}', or with the same hash, is there already; revoke it first, or make another", nameof(key));

    public ApiKey ToKey() => new(Id, App, Enum.Parse<ApiScope>(Scope), Hash, Created, Expires);
}
