using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Access;

/// <summary>Makes and checks API keys.</summary>
/// <param name="store">Keeps their hashes.</param>
/// <param name="time">The clock.</param>
public sealed class ApiKeys(IApiKeyStore store, TimeProvider time) : IDisposable
{
    /// <summary>How keys begin, so that they are known as such where they should not be, in code or logs.</summary>
    public const string Prefix = "tandem_";

    private const int SecretBytes = 32;
    private const int IdBytes = 6;
    private const int MostCached = 10_000;
    private static readonly TimeSpan _cached = TimeSpan.FromSeconds(10); // within which a revoked key is refused on every machine

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MostCached });

    /// <summary>Makes a key.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="scope">What it allows.</param>
    /// <param name="validFor">Null without end.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>The key itself, which nobody can tell a second time, and what is kept of it.</returns>
    public async Task<(string Key, ApiKey Kept)> MakeAsync(
        string app, ApiScope scope, TimeSpan? validFor = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(app);
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var kept = new ApiKey(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), app, scope, HashOf(key), now,
            validFor is { } length ? now + (long)length.TotalSeconds : null);
        await store.AddAsync(kept, cancel).ConfigureAwait(false);
        return (key, kept);
    }

    /// <summary>The key that a caller shows; null where it is unknown, revoked or past its end.</summary>
    public async ValueTask<ApiKey?> FindAsync(string key, CancellationToken cancel = default)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length > 128) return null;
        var hash = HashOf(key);
        var name = Convert.ToHexString(hash);
        if (!_known.TryGetValue(name, out ApiKey? known))
        {
            known = await store.FindAsync(hash, cancel).ConfigureAwait(false);
            _known.Set(name, known, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = _cached });
        }

        return known is { Expires: var end } && (end is null || end > time.GetUtcNow().ToUnixTimeSeconds()) ? known : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
