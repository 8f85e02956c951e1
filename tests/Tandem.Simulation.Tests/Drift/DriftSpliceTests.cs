using Tandem.Data;
using Tandem.Simulation.Drift;

namespace Tandem.Simulation.Tests.Drift;

public class DriftSpliceTests
{
    private static readonly DriftOptions _options = new() { Seed = 1, SwitchAt = 5, Horizon = 5, Compared = 5 };

    [Fact]
    public void A_splice_keeps_both_orders_and_repeats_nothing() =>
        Assert.Equal([1, 2, 3, 13, 14, 12], DriftSplice.Join([1, 2, 3, 4], [10, 11, 12, 13, 2, 14, 13, 12, 15], switchAt: 3, horizon: 3)!);

    [Fact]
    public void Too_few_events_of_either_make_no_splice()
    {
        Assert.Null(DriftSplice.Join([1, 2], [10, 11, 12, 13, 14], switchAt: 3, horizon: 2));
        Assert.Null(DriftSplice.Join([1, 2, 3], [10, 11], switchAt: 3, horizon: 2));
        Assert.Null(DriftSplice.Join([1, 2, 3], [10, 11, 12, 13, 2], switchAt: 3, horizon: 2)); // the last is the first user's
    }

    [Fact]
    public void Nobody_is_asked_twice_or_learned_from_and_asked()
    {
        const int events = 30;
        var dataset = Everyone(users: 60, events);
        var study = DriftStudy.Splice(dataset, users: 0, _options);
        int[] Owners(int[] history) => [.. history.Select(item => (item - 1) / events).Distinct()];
        var asked = study.Histories.SelectMany(Owners).ToArray();
        Assert.All(study.Histories, history => Assert.Equal(2, Owners(history).Length));
        Assert.Equal(asked.Length, asked.Distinct().Count());
        Assert.All(study.Unswitched.Zip(study.Histories), pair =>
        {
            Assert.Equal(pair.Second[.._options.SwitchAt], pair.First[.._options.SwitchAt]);
            Assert.Single(Owners(pair.First));
        });
        Assert.Empty(study.Learners.Intersect(asked));
        Assert.Equal(60, study.Learners.Count + asked.Length);
        Assert.All(asked, user => Assert.Equal(0, study.Sequences[user].Length));
        Assert.All(study.Learners, user => Assert.Equal(events - 1, study.Sequences[user].Length));
        Assert.Equal(study.Learners.Count, study.Validation().Count);
    }

    [Fact]
    public void A_data_set_of_short_histories_is_refused() => Assert.Contains(
        "no two users", Assert.Throws<DatasetException>(() => DriftStudy.Splice(Everyone(users: 9, events: 8), 0,
            _options)).Message, StringComparison.Ordinal);

    /// <summary>Users with items of their own: an item tells its user.</summary>
    private static SequenceDataset Everyone(int users, int events) => new(
        "own", "test", new Catalog(Enumerable.Range(1, users * events).Select(item => new ItemDescription($"{item}", null, [], null))),
        seed: 1, hasTimes: false, [.. Enumerable.Range(0, users).Select(user => $"{user}")],
        [.. Enumerable.Range(0, users + 1).Select(user => user * events)],
        [.. Enumerable.Range(1, users * events)], [.. Enumerable.Range(0, users * events).Select(i => (long)(i % events))]);
}
