using Tandem.Data;

namespace Tandem.Learning.Codes;

/// <summary>What codes are like: how many items share them, how they are used, how they follow what people do.</summary>
public sealed record CodeReport
{
    /// <summary>L.</summary>
    public required int Levels { get; init; }

    /// <summary>K.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>V.</summary>
    public required int Items { get; init; }

    /// <summary>Share of the items that have all codes in common with another, 0 to 1.</summary>
    public required double CollidingShare { get; init; }

    /// <summary>Most items that have all codes in common.</summary>
    public required int LargestGroup { get; init; }

    /// <summary>Share of consecutive training events whose items have the same first code, 0 to 1.</summary>
    public required double PrefixAlignment { get; init; }

    /// <summary>The same of two events drawn from all training events.</summary>
    public required double RandomAlignment { get; init; }

    /// <summary>The control: the first category label in the place of the first code; null where no item has one.</summary>
    public required LevelUse? Category { get; init; }

    /// <summary>Of each level.</summary>
    public required IReadOnlyList<LevelUse> ByLevel { get; init; }

    /// <summary>Looks at codes.</summary>
    /// <param name="codes">Of the catalogue's items.</param>
    /// <param name="sequences">What was learned from.</param>
    /// <param name="catalog">Has the categories.</param>
    public static CodeReport Of(ItemCodes codes, TrainingSequences sequences, Catalog catalog)
    {
        var (groups, prefixes, levels) = (codes.Groups(), new int[codes.Items + 1], new LevelUse[codes.Levels]);
        for (var level = 0; level < codes.Levels; level++)
        {
            var own = Labels(item => codes[item][level]);
            prefixes = Numbered(Labels(item => ((long)prefixes[item] << 16) | codes[item][level]));
            levels[level] = Use(own, prefixes, sequences);
        }

        var names = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = 0 };
        foreach (var name in Enumerable.Range(1, catalog.Count).Select(Category)) names.TryAdd(name, names.Count);
        var categories = Array.ConvertAll(Labels(item => names[Category(item)]), label => (int)label);
        return new()
        {
            Levels = codes.Levels,
            CodebookSize = codes.CodebookSize,
            Items = codes.Items,
            CollidingShare = groups.Sum(group => group.Count) / (double)codes.Items,
            LargestGroup = groups.Count == 0 ? 1 : groups.Max(group => group.Count),
            PrefixAlignment = levels[0].Alignment,
            RandomAlignment = levels[0].Random,
            Category = names.Count == 1 ? null : Use(Array.ConvertAll(categories, label => (long)label), categories, sequences),
            ByLevel = levels,
        };

        long[] Labels(Func<int, long> label) => [0, .. Enumerable.Range(1, codes.Items).Select(label)];
        string Category(int item) => catalog[item].Categories is [var first, ..] ? first : "";
    }

    /// <summary>[V + 1] the labels as numbers from 1, in the order of their first items; place 0 stays 0.</summary>
    private static int[] Numbered(long[] labels)
    {
        var (numbers, known) = (new int[labels.Length], new Dictionary<long, int>());
        for (var item = 1; item < labels.Length; item++)
        {
            known.TryAdd(labels[item], known.Count + 1);
            numbers[item] = known[labels[item]];
        }

        return numbers;
    }

    /// <param name="labels">[V + 1] of each item; how they are spread.</param>
    /// <param name="prefixes">[V + 1] what two items have to have in common; 0 is like nothing.</param>
    /// <param name="sequences">Gives the events.</param>
    private static LevelUse Use(long[] labels, int[] prefixes, TrainingSequences sequences)
    {
        var shares = labels.Skip(1).CountBy(label => label).Select(label => label.Value / (double)(labels.Length - 1)).ToArray();
        var events = new long[prefixes.Max() + 1];
        long pairs = 0, alike = 0;
        for (var user = 0; user < sequences.Count; user++)
        {
            var items = sequences[user].Items.Span;
            foreach (var item in items) events[prefixes[item]]++;
            pairs += Math.Max(0, items.Length - 1);
            for (var t = 1; t < items.Length; t++)
            {
                if (prefixes[items[t]] != 0 && prefixes[items[t]] == prefixes[items[t - 1]]) alike++;
            }
        }

        var all = (double)events.Sum();
        return new(
            shares.Length, -shares.Sum(share => share * Math.Log2(share)), pairs == 0 ? 0 : alike / (double)pairs,
            all == 0 ? 0 : events.Skip(1).Sum(count => count / all * (count / all)));
    }
}
