using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Data;

namespace Tandem.Learning.Language.Items;

/// <summary>
/// One distinct code sequence per item: the words in which the cloud model speaks of items (TIGER, arXiv 2305.05065,
/// section 3.1). <see cref="ItemTokens"/> gives them a place in a model's vocabulary.
/// </summary>
public sealed class SemanticIds
{
    private readonly int[] _codes;

    private SemanticIds(int items, int levels, int codebookSize, int[] codes, int moved) =>
        (Items, Levels, CodebookSize, _codes, Moved) = (items, levels, codebookSize, codes, moved);

    /// <summary>V.</summary>
    public int Items { get; }

    /// <summary>L, codes per item.</summary>
    public int Levels { get; }

    /// <summary>K, codes per level.</summary>
    public int CodebookSize { get; }

    /// <summary>How many items shared their codes with an earlier item and had the last code moved.</summary>
    public int Moved { get; }

    /// <summary>Names the codes: the first 16 hexadecimal digits of their SHA-256. A model that has learned others is not this one's.</summary>
    public string Version => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(_codes)))[..16];

    /// <summary>Codes of an item, [L], each in 0 … K − 1.</summary>
    public ReadOnlySpan<int> Codes(int item) => _codes.AsSpan((item - 1) * Levels, Levels);

    /// <summary>
    /// Makes codes distinct: the first item of equal codes keeps them, a later one keeps its prefix and gets the nearest last code
    /// under it that no item has (the lower one of two). Later items are visited in order of their number.
    /// </summary>
    /// <param name="codes">Codes of the items 1 … V, all of the same length, not negative.</param>
    /// <param name="codebookSize">K, where it is more than the greatest code tells; moved items may take the codes above.</param>
    /// <exception cref="ArgumentException">No items or codes, unequal lengths, or more items under one prefix than codes.</exception>
    public static SemanticIds Create(IReadOnlyList<IReadOnlyList<int>> codes, int codebookSize = 0)
    {
        var levels = CountLevels(codes);
        var size = Math.Max(codebookSize, codes.Max(c => c.Max()) + 1);
        var flat = codes.SelectMany(c => c).ToArray();
        Span<int> Own(int item) => flat.AsSpan(item * levels, levels);
        var taken = new HashSet<long>(codes.Count);
        // All that can stay stay before any moves, so that none is driven out by a moved one.
        var late = Enumerable.Range(0, codes.Count).Where(item => !taken.Add(Key(Own(item), size))).ToArray();
        foreach (var item in late)
        {
            Own(item)[^1] = FreeCode(Own(item), size, taken, item + 1);
            taken.Add(Key(Own(item), size));
        }

        return new SemanticIds(codes.Count, levels, size, flat, late.Length);
    }

    /// <summary>The catalogue's own semantic ids, made distinct.</summary>
    public static SemanticIds FromCatalog(Catalog catalog) =>
        Create(Enumerable.Range(1, catalog.Count).Select(id => catalog[id].SemanticIds!).ToArray());

    private static int CountLevels(IReadOnlyList<IReadOnlyList<int>> codes)
    {
        if (codes.Count == 0) throw new ArgumentException("no items to name; semantic ids need at least one", nameof(codes));
        var levels = codes[0].Count;
        if (levels == 0) throw new ArgumentException("the first item has no codes; semantic ids need at least one level", nameof(codes));
        for (var i = 0; i < codes.Count; i++)
        {
            if (codes[i].Count != levels)
                throw new ArgumentException($"item {i + 1} has {codes[i].Count} codes, the first has {levels}", nameof(codes));
        }

        return levels;
    }

    private static int FreeCode(ReadOnlySpan<int> codes, int size, HashSet<long> taken, int item)
    {
        var prefix = Key(codes, size) - codes[^1];
        for (var distance = 0; distance < size; distance++)
        {
            var (lower, upper) = (codes[^1] - distance, codes[^1] + distance);
            if (lower >= 0 && !taken.Contains(prefix + lower)) return lower;
            if (upper < size && !taken.Contains(prefix + upper)) return upper;
        }

        throw new ArgumentException($"item {item}: all {size} last codes under its prefix are taken; use more codes per level");
    }

    private static long Key(ReadOnlySpan<int> codes, int size)
    {
        long key = 0;
        foreach (var code in codes) key = checked(key * size + code);
        return key;
    }
}
