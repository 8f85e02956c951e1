using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>A long list cut down to what rules allow.</summary>
internal static class RuledList
{
    private const int MostReranked = 1_000; // the unlikeness of a list is quadratic in its length

    /// <summary>The first fault of rules, or null.</summary>
    public static string? FaultOf(ListRules rules)
    {
        if (rules.Diversity is not (>= 0 and <= 1)) return $"rules.diversity is {rules.Diversity}, expected 0 to 1";
        return FaultOf("without", rules.Without) ?? FaultOf("categories", rules.Categories)
            ?? FaultOf("withoutCategories", rules.WithoutCategories);

        static string? FaultOf(string name, IReadOnlyList<string>? entries) => entries?.Count > ListRules.MostEntries
            ? $"rules.{name} has {entries.Count} entries, expected at most {ListRules.MostEntries}"
            : entries?.Any(entry => entry is null) == true ? $"rules.{name} holds null" : null;
    }

    /// <summary>How long a list has to be for so many items to be left of it.</summary>
    /// <param name="count">Wanted.</param>
    /// <param name="rules">Without faults; null for none.</param>
    /// <param name="gone">Keys of items that are unavailable.</param>
    public static int LengthBefore(int count, ListRules? rules, IReadOnlySet<string> gone)
    {
        var isOpen = rules is { Diversity: > 0 } or { Categories: not null } or { WithoutCategories.Count: > 0 }; // any number may fall out
        return isOpen ? CandidateList.MostItems : Math.Min(CandidateList.MostItems, count + gone.Count + (rules?.Without?.Count ?? 0));
    }

    /// <summary>At most <paramref name="count"/> items that the rules allow, in the order that they ask for.</summary>
    /// <param name="list">Of <see cref="LengthBefore"/> items, where there are as many.</param>
    /// <param name="rules">Without faults; null for none.</param>
    /// <param name="gone">Keys of items that are unavailable.</param>
    /// <param name="catalog">Of the items.</param>
    /// <param name="count">Wanted.</param>
    public static CandidateList Of(CandidateList list, ListRules? rules, IReadOnlySet<string> gone, Catalog catalog, int count)
    {
        if (rules is null && gone.Count == 0) return list;
        rules ??= new();
        HashSet<int> left = [.. (rules.Without ?? []).Concat(gone).Select(catalog.FindId)];
        HashSet<string>? wanted = rules.Categories is null ? null : [.. rules.Categories];
        HashSet<string> unwanted = [.. rules.WithoutCategories ?? []];
        int[] places = [.. Enumerable.Range(0, list.Items.Count).Where(i => Allows(list.Items[i]))];
        places = rules.Diversity > 0 ? Diverse(list, places, rules.Diversity, catalog, count) : places[..Math.Min(count, places.Length)];
        return list with { Items = [.. places.Select(i => list.Items[i])], Scores = Falling([.. places.Select(i => list.Scores[i])]) };

        bool Allows(int item) => !left.Contains(item) && (wanted is null || catalog[item].Categories.Any(wanted.Contains))
            && !catalog[item].Categories.Any(unwanted.Contains);
    }

    /// <summary>
    /// Takes again and again the item of the greatest (1 − λ) relevance − λ likeness, to the one of those taken that is most like it.
    /// Relevance is the score between the last and the first, likeness the share of common categories (Jaccard).
    /// </summary>
    private static int[] Diverse(CandidateList list, int[] places, double weight, Catalog catalog, int count)
    {
        var pool = places.Take(MostReranked).ToList();
        if (pool.Count == 0) return [];
        var (first, last) = (list.Scores[pool[0]], list.Scores[pool[^1]]);
        var span = first > last ? first - last : 1;
        var categories = pool.ToDictionary(place => place, place => catalog[list.Items[place]].Categories.ToHashSet());
        var likeness = pool.ToDictionary(place => place, _ => 0.0);
        var taken = new List<int>(count);
        while (taken.Count < count && pool.Count > 0)
        {
            var best = pool.MaxBy(place => (1 - weight) * (list.Scores[place] - last) / span - weight * likeness[place]);
            taken.Add(best);
            pool.Remove(best);
            foreach (var place in pool) likeness[place] = Math.Max(likeness[place], Jaccard(categories[place], categories[best]));
        }

        return [.. taken];
    }

    /// <summary>A list's scores never rise: an item that was put back has no more than the one before it.</summary>
    private static float[] Falling(float[] scores)
    {
        for (var i = 1; i < scores.Length; i++) scores[i] = Math.Min(scores[i], scores[i - 1]);
        return scores;
    }

    private static double Jaccard(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        var all = a.Count + b.Count - common;
        return all == 0 ? 0 : (double)common / all;
    }
}
