using System.Runtime.InteropServices;
using Tandem.Data.Sources;

namespace Tandem.Data;

/// <summary>Turns the events of a source into sequences of numbered items.</summary>
public static class DatasetPreparation
{
    /// <summary>
    /// Reads the whole source. Users are numbered from 0 in order of first appearance; each user's events are sorted by
    /// time, and events of the same time keep the order in which they were read. Items are numbered at random from the
    /// seed, because a source's own numbers may tell the future: those of S3-Rec's files follow first appearance over
    /// whole sequences, test events included, and "largest number seen + 1" alone scores NDCG@5 .045 on Beauty. The
    /// numbering depends only on the seed and the set of items, not on the order of the events. Nothing is filtered.
    /// </summary>
    /// <param name="source">Where the events come from; items without an event are left out of the catalog.</param>
    /// <param name="seed">Draws the item numbers.</param>
    /// <exception cref="SourceException">A line of the source is malformed.</exception>
    /// <exception cref="DatasetException">The source has no events.</exception>
    public static SequenceDataset Prepare(IInteractionSource source, int seed)
    {
        var users = new KeyNumbers();
        var items = new KeyNumbers();
        var events = new List<Event>();
        foreach (var interaction in source.Read())
            events.Add(new Event(users[interaction.User], interaction.Time, events.Count, items[interaction.Item]));
        if (events.Count == 0)
            throw new DatasetException("no events", source.Name, "at least one", "check that this is the right source");

        events.Sort();
        var catalog = new Catalog(DrawNumbers(items.Keys, seed).Select(Describe(source.ReadItems())));
        var ids = items.Keys.Select(catalog.FindId).ToArray();
        return new SequenceDataset(
            source.Name, source.GetType().Name, catalog, seed, source.HasTimes, users.Keys,
            Offsets(events, users.Keys.Count),
            [.. events.Select(e => ids[e.Item])],
            [.. events.Select(e => e.Time)]);
    }

    private static string[] DrawNumbers(IEnumerable<string> keys, int seed)
    {
        var ordered = keys.Order(StringComparer.Ordinal).ToArray();
        NamedSeed.Create(seed, "item numbers").Shuffle(ordered);
        return ordered;
    }

    private static Func<string, ItemDescription> Describe(IReadOnlyDictionary<string, ItemDescription> known) =>
        key => known.TryGetValue(key, out var item) ? item : new ItemDescription(key, Title: null, [], SemanticIds: null);

    private static int[] Offsets(List<Event> events, int users)
    {
        var offsets = new int[users + 1];
        foreach (var e in events)
            offsets[e.User + 1]++;
        for (var user = 0; user < users; user++)
            offsets[user + 1] += offsets[user];
        return offsets;
    }

    /// <summary>Ordered by user, then time, then order of reading.</summary>
    private readonly record struct Event(int User, long Time, int Order, int Item) : IComparable<Event>
    {
        public int CompareTo(Event other) =>
            User != other.User ? User.CompareTo(other.User)
            : Time != other.Time ? Time.CompareTo(other.Time)
            : Order.CompareTo(other.Order);
    }

    /// <summary>Numbers keys from 0 in order of first appearance.</summary>
    private sealed class KeyNumbers
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public List<string> Keys { get; } = [];

        public int this[string key]
        {
            get
            {
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, key, out var known);
                if (!known)
                {
                    number = Keys.Count;
                    Keys.Add(key);
                }
                return number;
            }
        }
    }
}
