using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Codes;

/// <summary>
/// L codes of each item of a catalogue, as a coder gave them: items that are alike share codes, and some share all of theirs
/// (<see cref="SemanticIds"/> are distinct).
/// </summary>
public sealed class ItemCodes
{
    /// <summary>Most codes that a level can have.</summary>
    public const int MostCodes = ushort.MaxValue + 1;

    private readonly ushort[] _codes; // [V, L]

    /// <param name="levels">L, 1 or more.</param>
    /// <param name="codebookSize">K, 1 to <see cref="MostCodes"/>.</param>
    /// <param name="codes">[V, L] row-major, of the items 1 … V, each in 0 … K − 1.</param>
    /// <exception cref="ArgumentException">There are no items, or a number is out of its range.</exception>
    public ItemCodes(int levels, int codebookSize, ushort[] codes)
    {
        if (levels < 1) throw new ArgumentException($"{levels} levels; at least 1 is needed", nameof(levels));
        if (codebookSize is < 1 or > MostCodes)
            throw new ArgumentException($"{codebookSize} codes a level; expected 1 to {MostCodes}", nameof(codebookSize));
        if (codes.Length == 0 || codes.Length % levels != 0)
            throw new ArgumentException($"{codes.Length} codes of {levels} levels; expected as many for each item", nameof(codes));
        if (codes.Max() is var most && most >= codebookSize)
            throw new ArgumentException($"code {most} of {codebookSize} codes a level; codes count from 0", nameof(codes));
        (Levels, CodebookSize, _codes) = (levels, codebookSize, codes);
    }

    /// <summary>V.</summary>
    public int Items => _codes.Length / Levels;

    /// <summary>L.</summary>
    public int Levels { get; }

    /// <summary>K.</summary>
    public int CodebookSize { get; }

    /// <summary>Names the codes: the first 16 hexadecimal digits of their SHA-256.</summary>
    public string Version => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<ushort>(_codes)))[..16];

    /// <summary>[L] codes of an item.</summary>
    /// <param name="item">1 … V.</param>
    public ReadOnlySpan<ushort> this[int item] => _codes.AsSpan((item - 1) * Levels, Levels);

    /// <summary>Items that have the same codes, for each codes that several have: two or more items, by number.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Groups()
    {
        var (groups, order) = (new List<int[]>(), Ordered());
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && this[order[to]].SequenceEqual(this[order[from]]);) to++;
            if (to > from + 1) groups.Add(order[from..to]);
        }

        return groups;
    }

    /// <summary>
    /// The same codes with one more that counts the items of a group from 0, so that no two items are alike. It says nothing of an item,
    /// so there is nothing to learn of it: a model that writes codes reads it and is not trained to predict it.
    /// </summary>
    public SemanticIds WithSuffix()
    {
        var suffix = new int[Items + 1];
        foreach (var group in Groups())
        {
            for (var i = 0; i < group.Count; i++) suffix[group[i]] = i;
        }

        return SemanticIds.Create([.. Enumerable.Range(1, Items).Select(Codes)], CodebookSize);

        int[] Codes(int item) => [.. this[item].ToArray().Select(code => (int)code), suffix[item]];
    }

    /// <summary>
    /// The same as tokens of a language model, which reads and writes the L codes alone: what the suffix tells apart has the items' shares
    /// in the training events.
    /// </summary>
    public ItemTokens ToTokens() => ItemTokens.Of(WithSuffix(), learned: Levels);

    /// <summary>Items by their codes, those of equal ones by number.</summary>
    private int[] Ordered()
    {
        var order = Enumerable.Range(1, Items).ToArray();
        Array.Sort(order, (a, b) => this[a].SequenceCompareTo(this[b]) is var by and not 0 ? by : a.CompareTo(b));
        return order;
    }
}
