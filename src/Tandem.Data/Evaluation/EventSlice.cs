using Tandem.Data.Splits;

namespace Tandem.Data.Evaluation;

/// <summary>Test events that are hard in one way: what trains tells little of their targets, or little is known of their user.</summary>
/// <param name="Name">What they have in common, in a few words.</param>
/// <param name="Events">Places among <see cref="ISplit.Test"/>, ascending; may be none.</param>
public sealed record EventSlice(string Name, IReadOnlyList<int> Events)
{
    private const int FewEvents = 5;
    private const int Recent = 20;
    private static readonly (int Least, int Most)[] _histories = [(0, 5), (6, 10), (11, 20), (21, 50), (51, int.MaxValue)];

    /// <summary>Slices by targets, then by histories.</summary>
    /// <param name="split">Says what trains and what is tested.</param>
    public static IReadOnlyList<EventSlice> Of(ISplit split)
    {
        ArgumentNullException.ThrowIfNull(split);
        return [.. ByTarget(split), .. _histories.Select(range => ByHistory(split, range.Least, range.Most))];
    }

    /// <summary>Events before which their user has so many.</summary>
    private static EventSlice ByHistory(ISplit split, int least, int most)
    {
        var events = new List<int>();
        for (var i = 0; i < split.Test.Length; i++)
            if (split.Test[i].Position >= least && split.Test[i].Position <= most) events.Add(i);
        return new(most == int.MaxValue ? $"history of {least} events and more" : $"history of {least} to {most} events", events);
    }

    /// <summary>
    /// Targets without an event that trains; with five at the most; and those that nowhere in what trains came within 20 places after any
    /// of the last 20 items of the history, so that no count of successors knows of them.
    /// </summary>
    private static EventSlice[] ByTarget(ISplit split)
    {
        var places = Places(split);
        var (none, few, never) = (new List<int>(), new List<int>(), new List<int>());
        var test = split.Test;
        for (var i = 0; i < test.Length; i++)
        {
            var sequence = split.Dataset.Sequence(test[i].User);
            var occurrences = places[sequence[test[i].Position]];
            if (occurrences.Count == 0) none.Add(i);
            if (occurrences.Count <= FewEvents) few.Add(i);
            var recent = sequence[Math.Max(0, test[i].Position - Recent)..test[i].Position];
            if (!occurrences.Exists(new Recently([.. recent], split).Followed)) never.Add(i);
        }

        return [new("no training event", none), new($"at most {FewEvents} training events", few), new("never followed the history", never)];
    }

    /// <summary>[V + 1] where each item trains: users, and places among what trains of them.</summary>
    private static List<(int User, int Place)>[] Places(ISplit split)
    {
        var places = new List<(int, int)>[split.Dataset.Catalog.Count + 1];
        for (var item = 0; item < places.Length; item++) places[item] = [];
        for (var user = 0; user < split.Dataset.Users; user++)
        {
            var items = Training(split, user);
            for (var place = 0; place < items.Length; place++)
                if (split.Trains(items[place])) places[items[place]].Add((user, place));
        }

        return places;
    }

    private static ReadOnlySpan<int> Training(ISplit split, int user) => split.Dataset.Sequence(user)[
        ..(SplitProtocol.Refits(split.Protocol) ? split.RefitLength(user) : split.TrainLength(user))];

    /// <summary>The last items of a history.</summary>
    private sealed class Recently(HashSet<int> items, ISplit split)
    {
        /// <summary>Whether one of them stands within 20 places before an event that trains.</summary>
        public bool Followed((int User, int Place) at)
        {
            foreach (var item in Training(split, at.User)[Math.Max(0, at.Place - Recent)..at.Place])
                if (items.Contains(item)) return true;
            return false;
        }
    }
}
