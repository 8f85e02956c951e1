using Tandem.Data;

namespace Tandem.Learning.Baselines;

/// <summary>
/// All training events in one array, user after user, and an index of them by item: both "what did this user do" and "who did
/// this" are a run of memory. 12 bytes per event.
/// </summary>
internal sealed class TrainingEvents
{
    private readonly int[] _offsets;   // [users + 1]
    private readonly int[] _items;     // [events]
    private readonly int[] _users;     // [events]
    private readonly int[] _itemEnds;  // [V + 1]: events of item a are _byItem[_itemEnds[a - 1] .. _itemEnds[a]]
    private readonly int[] _byItem;    // [events]

    private TrainingEvents(int items, int[] offsets, int[] events)
    {
        (_offsets, _items, _users) = (offsets, events, new int[events.Length]);
        for (var user = 0; user < Users; user++) _users.AsSpan(offsets[user]..offsets[user + 1]).Fill(user);
        (_itemEnds, _byItem) = (new int[items + 1], new int[events.Length]);
        foreach (var item in events) _itemEnds[item]++;
        for (var item = 1; item <= items; item++) _itemEnds[item] += _itemEnds[item - 1];

        // From the last to the first, so that each item's events end up in the order of time.
        var next = _itemEnds.ToArray();
        for (var i = events.Length - 1; i >= 0; i--) _byItem[--next[events[i]]] = i;
    }

    /// <summary>V.</summary>
    public int Items => _itemEnds.Length - 1;

    /// <summary>They count from 0.</summary>
    public int Users => _offsets.Length - 1;

    /// <summary>Reads every user's sequence once.</summary>
    /// <exception cref="ArgumentException">There are no items, or an event's item is not in the catalogue.</exception>
    public static TrainingEvents Read(TrainingSequences sequences) => Read(sequences, static _ => { });

    /// <summary>Each user's items once, ascending: who has what, whatever the order.</summary>
    public static TrainingEvents ReadDistinct(TrainingSequences sequences) =>
        Read(sequences, static list =>
        {
            list.Sort();
            var kept = 0;
            for (var i = 0; i < list.Count; i++)
            {
                if (i == 0 || list[i] != list[i - 1]) list[kept++] = list[i];
            }

            list.RemoveRange(kept, list.Count - kept);
        });

    /// <summary>The user's items in their order.</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => _items.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>The events of an item, by user, then time.</summary>
    public ReadOnlySpan<int> EventsOf(int item) => _byItem.AsSpan(_itemEnds[item - 1].._itemEnds[item]);

    /// <summary>How many events an item has.</summary>
    public int CountOf(int item) => _itemEnds[item] - _itemEnds[item - 1];

    /// <summary>The user of an event.</summary>
    public int UserOf(int @event) => _users[@event];

    /// <summary>What the user did before an event.</summary>
    public ReadOnlySpan<int> Before(int @event) => _items.AsSpan(_offsets[_users[@event]]..@event);

    /// <summary>What the user did after an event.</summary>
    public ReadOnlySpan<int> After(int @event) => _items.AsSpan((@event + 1).._offsets[_users[@event] + 1]);

    private static TrainingEvents Read(TrainingSequences sequences, Action<List<int>> reduce)
    {
        var items = sequences.Items;
        if (items < 1) throw new ArgumentException($"{items} items; a recommender needs at least 1", nameof(sequences));
        var offsets = new int[sequences.Count + 1];
        var (all, own) = (new List<int>(), new List<int>());
        for (var user = 0; user < sequences.Count; user++)
        {
            own.Clear();
            own.AddRange(sequences[user].Items.Span);
            foreach (var item in own) RequireKnown(item, items, user);
            reduce(own);
            all.AddRange(own);
            offsets[user + 1] = all.Count;
        }

        return new TrainingEvents(items, offsets, [.. all]);
    }

    private static void RequireKnown(int item, int items, int user)
    {
        if (item < 1 || item > items)
            throw new ArgumentException($"user {user} has item {item}; expected ids from 1 to {items}, the catalogue's own");
    }
}
