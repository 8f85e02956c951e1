namespace Tandem.Cloud.Stores;

/// <summary>Keeps API keys.</summary>
public interface IApiKeyStore
{
    /// <summary>Keeps a new key.</summary>
    Task AddAsync(ApiKey key, CancellationToken cancel = default);

    /// <summary>The key of a hash, or null.</summary>
    Task<ApiKey?> FindAsync(ReadOnlyMemory<byte> hash, CancellationToken cancel = default);

    /// <summary>All keys, in the order of their making.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancel = default);

    /// <summary>Deletes a key.</summary>
    /// <returns>False where there was none.</returns>
    Task<bool> RevokeAsync(string id, CancellationToken cancel = default);
}
