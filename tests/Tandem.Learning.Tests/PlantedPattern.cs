using Tandem.Data;

namespace Tandem.Learning.Tests;

/// <summary>Training sequences that hold one rule, and questions whose answers follow from it.</summary>
/// <param name="Items">V.</param>
/// <param name="Sequences">[users][events].</param>
/// <param name="Questions">Histories, each with the item that must score highest of those not in the history.</param>
public sealed record PlantedPattern(int Items, int[][] Sequences, (int[] History, int Answer)[] Questions)
{
    /// <summary>After item i comes i + 1, after the last comes 1.</summary>
    public static PlantedPattern Ring { get; } = MakeRing(users: 60, items: 12);

    /// <summary>
    /// Items fall into groups, and a user has all items of one group but one: whoever has the others wants the missing one. The
    /// order is random, so nothing else can be learned.
    /// </summary>
    public static PlantedPattern Groups { get; } = MakeGroups(users: 80, groups: 3, size: 4);

    /// <summary>Item i occurs i times, in no order.</summary>
    public static PlantedPattern Counts { get; } = MakeCounts(items: 12);

    /// <summary>Items in no order, with repeats.</summary>
    public int[] RandomHistory(int length, int seed)
    {
        var random = NamedSeed.Create(seed, "history");
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(1, Items + 1))];
    }

    private static PlantedPattern MakeRing(int users, int items)
    {
        var random = NamedSeed.Create(1, "ring");
        int[] Run(int first, int length) => [.. Enumerable.Range(first, length).Select(i => i % items + 1)];
        return new(
            items,
            [.. Enumerable.Range(0, users).Select(u => Run(u % items, random.Next(4, 8)))],
            [.. Enumerable.Range(0, items).Select(i => (Run(i, 3), (i + 3) % items + 1))]);
    }

    private static PlantedPattern MakeGroups(int users, int groups, int size)
    {
        var random = NamedSeed.Create(1, "groups");
        int[] AllBut(int group, int missing)
        {
            var items = Enumerable.Range(0, size).Where(i => i != missing).Select(i => group * size + i + 1).ToArray();
            random.Shuffle(items);
            return items;
        }

        return new(
            groups * size,
            [.. Enumerable.Range(0, users).Select(u => AllBut(u % groups, u / groups % size))],
            [.. Enumerable.Range(0, groups * size).Select(i => (AllBut(i / size, i % size), i + 1))]);
    }

    private static PlantedPattern MakeCounts(int items)
    {
        var random = NamedSeed.Create(1, "counts");
        var events = Enumerable.Range(1, items).SelectMany(item => Enumerable.Repeat(item, item)).ToArray();
        random.Shuffle(events);
        return new(
            items,
            [.. events.Chunk(5)],
            [.. Enumerable.Range(0, items).Select(n => (Enumerable.Range(items - n + 1, n).ToArray(), items - n))]);
    }
}
