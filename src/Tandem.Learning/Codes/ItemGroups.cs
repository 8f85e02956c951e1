using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Codes;

/// <summary>
/// Groups of items that are alike, none of them with fewer than a least number of items: the codes' prefixes, level by level, as far as
/// every part of a split has as many. What is too small to stand alone is joined; a history of groups names no item (k-anonymity over the
/// items, Sweeney 2002).
/// </summary>
public static class ItemGroups
{
    /// <summary>Most groups.</summary>
    public const int MostGroups = ushort.MaxValue + 1;

    /// <summary>Groups items by their codes.</summary>
    /// <param name="codes">Of the items 1 … V.</param>
    /// <param name="least">Items of a group, 1 … V.</param>
    /// <returns>[V] the groups of the items 1 … V, in 0 … G − 1.</returns>
    /// <exception cref="ArgumentException">There are too few items for one group, or too many groups.</exception>
    public static ushort[] Of(ItemCodes codes, int least)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (least < 1 || least > codes.Items)
            throw new ArgumentException($"at least {least} items a group, of {codes.Items}; expected 1 to all of them", nameof(least));
        var groups = new List<int[]>();
        Split(codes, [.. Enumerable.Range(1, codes.Items)], level: 0, least, groups);
        if (groups.Count > MostGroups)
            throw new ArgumentException($"{groups.Count} groups, expected at most {MostGroups}; ask for larger ones", nameof(least));
        var numbers = new ushort[codes.Items];
        for (var group = 0; group < groups.Count; group++)
            foreach (var item in groups[group]) numbers[item - 1] = (ushort)group;
        return numbers;
    }

    /// <summary>The table that devices get.</summary>
    public static ItemCodeTable TableOf(ItemCodes codes, Catalog catalog, int least)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ItemCodeTable.Of(catalog.Version, Of(codes, least));
    }

    private static void Split(ItemCodes codes, int[] items, int level, int least, List<int[]> groups)
    {
        if (level == codes.Levels || items.Length < 2 * least)
        {
            groups.Add(items);
            return;
        }

        var parts = items.GroupBy(item => codes[item][level]).OrderBy(part => part.Key).Select(part => part.ToArray()).ToLookup(
            part => part.Length >= least);
        var whole = parts[true].ToList();
        int[] rest = [.. parts[false].SelectMany(part => part)];
        if (rest.Length > 0 && rest.Length < least && whole.Count > 0)
        {
            var smallest = whole.MinBy(part => part.Length)!;
            whole.Remove(smallest);
            rest = [.. smallest, .. rest];
        }

        foreach (var part in whole) Split(codes, part, level + 1, least, groups);
        if (rest.Length > 0) groups.Add(rest);
    }
}
