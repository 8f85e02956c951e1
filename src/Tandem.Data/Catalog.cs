using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Data;

/// <summary>The items of a data set, numbered from 1; 0 is padding and names no item.</summary>
public sealed class Catalog
{
    /// <summary>Joins an item's categories in tables, so none contains it.</summary>
    internal const char CategorySeparator = '|';

    private readonly ItemDescription[] _items;
    private readonly Dictionary<string, int> _ids;

    /// <summary>Numbers the items in the order given: the first becomes id 1.</summary>
    /// <param name="items">Items with distinct keys.</param>
    /// <exception cref="ArgumentException">Two items share a key.</exception>
    public Catalog(IEnumerable<ItemDescription> items)
    {
        _items = [.. items];
        _ids = new Dictionary<string, int>(_items.Length, StringComparer.Ordinal);
        foreach (var item in _items)
        {
            if (!_ids.TryAdd(item.Key, _ids.Count + 1))
                throw new ArgumentException($"item '{item.Key}' occurs twice; give every item its own key", nameof(items));
        }

        HasSemanticIds = _items.Length > 0
            && _items.All(item => item.SemanticIds is { Count: > 0 } ids && ids.Count == _items[0].SemanticIds?.Count);
        Version = HashOfKeys();
    }

    /// <summary>Number of items; ids run from 1 to this number, included.</summary>
    public int Count => _items.Length;

    /// <summary>True when every item has semantic ids, all with the same number of levels.</summary>
    public bool HasSemanticIds { get; }

    /// <summary>
    /// Names the numbering: the first 16 hexadecimal digits of the SHA-256 over the keys in the order of their ids. Two
    /// models may exchange item ids only when this is equal.
    /// </summary>
    public string Version { get; }

    /// <summary>The item with this id.</summary>
    /// <param name="id">From 1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is 0 (padding), negative or above <see cref="Count"/>.</exception>
    public ItemDescription this[int id] => id >= 1 && id <= Count
        ? _items[id - 1]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"item ids run from 1 to {Count}");

    /// <summary>The id of the item with this key, or 0 when there is none.</summary>
    public int FindId(string key) => _ids.GetValueOrDefault(key);

    private string HashOfKeys()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var item in _items)
        {
            // The length before each key keeps "a", "bc" and "ab", "c" apart.
            var key = Encoding.UTF8.GetBytes(item.Key);
            BinaryPrimitives.WriteInt32LittleEndian(length, key.Length);
            hash.AppendData(length);
            hash.AppendData(key);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
