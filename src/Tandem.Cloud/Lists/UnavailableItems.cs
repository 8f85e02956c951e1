using Microsoft.Extensions.Caching.Memory;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Lists;

/// <summary>The items that apps have none of, as the store knew them at most ten seconds ago.</summary>
/// <param name="store">Keeps them.</param>
internal sealed class UnavailableItems(IStore store) : IDisposable
{
    private const int MostApps = 10_000;
    private static readonly TimeSpan _kept = TimeSpan.FromSeconds(10);

    private readonly MemoryCache _apps = new(new MemoryCacheOptions { SizeLimit = MostApps });

    /// <summary>Keys of an app's unavailable items.</summary>
    public async ValueTask<IReadOnlySet<string>> OfAsync(string app, CancellationToken cancel)
    {
        if (_apps.TryGetValue(app, out IReadOnlySet<string>? known)) return known!;
        known = await store.Items.UnavailableAsync(app, cancel).ConfigureAwait(false);
        _apps.Set(app, known, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = _kept });
        return known;
    }

    /// <summary>Items of an app were marked on this machine.</summary>
    public void Changed(string app) => _apps.Remove(app);

    public void Dispose() => _apps.Dispose();
}
