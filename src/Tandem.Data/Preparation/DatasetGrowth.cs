namespace Tandem.Data.Preparation;

/// <summary>
/// A data set with events that came later: the same items under the same numbers, so that what was made of it still fits.
/// </summary>
public static class DatasetGrowth
{
    /// <summary>
    /// Adds events behind those of their users; users that are new come behind the others. An event is no older than the one before it:
    /// where clocks disagree the order of arrival holds.
    /// </summary>
    /// <param name="dataset">What there was.</param>
    /// <param name="events">In the order of their arrival; those of items that are not in the catalogue are left out.</param>
    /// <returns>The data set, and the number of events that were left out.</returns>
    public static (SequenceDataset Grown, int LeftOut) Add(SequenceDataset dataset, IEnumerable<Interaction> events)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(events);
        var users = new KeyNumbers();
        foreach (var key in dataset.UserKeys) _ = users[key];
        var (added, leftOut) = (new List<List<(int Item, Interaction Event)>>(), 0);
        foreach (var e in events)
        {
            if (dataset.Catalog.FindId(e.Item) is not (> 0 and var item))
            {
                leftOut++;
                continue;
            }

            var user = users[e.User];
            while (added.Count <= user) added.Add([]);
            added[user].Add((item, e));
        }

        return (Join(dataset, users.Keys, added), leftOut);
    }

    private static SequenceDataset Join(
        SequenceDataset dataset, List<string> users, List<List<(int Item, Interaction Event)>> added)
    {
        var (offsets, items, times, values) = (new List<int> { 0 }, new List<int>(), new List<long>(), new List<float>());
        for (var user = 0; user < users.Count; user++)
        {
            if (user < dataset.Users)
            {
                items.AddRange(dataset.Sequence(user));
                times.AddRange(dataset.Times(user));
                values.AddRange(dataset.Values(user));
            }

            foreach (var (item, e) in user < added.Count ? added[user] : [])
            {
                var last = items.Count > offsets[^1] ? times[^1] : long.MinValue;
                items.Add(item);
                times.Add(dataset.HasTimes ? Math.Max(e.Time, last) : items.Count - 1 - offsets[^1]);
                if (dataset.HasValues) values.Add(e.Value);
            }

            offsets.Add(items.Count);
        }

        return new(
            dataset.Name, dataset.Source, dataset.Catalog, dataset.Seed, dataset.HasTimes, users, [.. offsets], [.. items], [.. times],
            [.. values])
        {
            Preparation = dataset.Preparation,
            Reading = dataset.Reading,
        };
    }
}
