using CsCheck;
using Tandem.Data.Preparation;

namespace Tandem.Data.Tests.Preparation;

public class PreparationFiltersTests
{
    private static readonly Gen<Interaction[]> _events = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Long[0, 5], Gen.Int[1, 5])
        .Select((user, item, time, value) => new Interaction($"u{user}", $"i{item}", time, value)).Array[1, 60];

    [Fact]
    public void Without_filters_nothing_is_left_out() => Assert.True(new PreparationOptions().KeepsAll);

    [Fact]
    public void The_core_is_what_remains_when_too_rare_users_and_items_are_struck_out_one_by_one() =>
        Gen.Select(_events, Gen.Int[1, 4], Gen.Int[1, 4]).Sample((events, minUser, minItem) =>
        {
            var options = new PreparationOptions { MinUserEvents = minUser, MinItemEvents = minItem };
            AssertPrepared(StrikeOut([.. events], minUser, minItem), events, options);
        });

    [Fact]
    public void Of_repeats_the_earliest_or_the_latest_stays_and_of_equal_times_the_one_read_first_or_last() =>
        Gen.Select(_events, Gen.Bool).Sample((events, first) =>
        {
            var sorted = events.OrderBy(e => e.Time).ToArray();
            var kept = first ? sorted.DistinctBy(e => (e.User, e.Item)) : sorted.Reverse().DistinctBy(e => (e.User, e.Item)).Reverse();
            AssertPrepared([.. kept], events, new() { Duplicates = first ? DuplicateRule.First : DuplicateRule.Last });
        });

    [Fact]
    public void Events_of_too_low_a_value_go_first_then_repeats_then_the_rare()
    {
        // u rates a twice: the low rating must not be the one that stays, and without b's event by v the item b is too rare.
        Interaction[] events =
            [new("u", "a", 1, 2), new("u", "a", 2, 5), new("u", "b", 3, 5), new("v", "a", 1, 5), new("v", "a", 2, 5), new("v", "b", 3, 1)];
        var dataset = Prepare(events, new() { MinValue = 3, Duplicates = DuplicateRule.First, MinItemEvents = 2 });
        Assert.Equal([("u", "a", 2, 5), ("v", "a", 1, 5)], Content(dataset));
    }

    [Fact]
    public void Keys_of_users_and_items_that_are_left_out_are_gone()
    {
        var dataset = Prepare([new("once", "a", 1, 1), new("u", "a", 1, 1), new("u", "b", 2, 1)], new() { MinUserEvents = 2 });
        Assert.Equal(["u"], dataset.UserKeys);
        Assert.Equal(2, dataset.Catalog.Count);
        Assert.Equal(2, dataset.Preparation.MinUserEvents);
    }

    [Fact]
    public void Where_there_is_no_clock_positions_are_counted_after_the_filters()
    {
        var source = new ListSource([new("u", "rare", 0, 1), new("u", "a", 1, 1), new("v", "a", 0, 1),
            new("u", "a", 2, 1)])
        { HasTimes = false };
        var dataset = DatasetPreparation.Prepare(source, seed: 1, new() { MinItemEvents = 2 });
        Assert.Equal([0, 1], dataset.Times(0));
    }

    [Fact]
    public void Filters_that_leave_nothing_say_so()
    {
        var fault = Assert.Throws<DatasetException>(() => Prepare([new("u", "a", 1, 1)], new() { MinUserEvents = 2 }));
        Assert.Contains("no event is left", fault.Message);
        Assert.Contains("MinUserEvents = 2", fault.Message);
    }

    [Fact]
    public void Faults_of_the_options_are_told_all_at_once()
    {
        var options = new PreparationOptions { MinUserEvents = 0, MinItemEvents = -1, MinValue = float.NaN, Duplicates = (DuplicateRule)7 };
        Assert.Equal(4, options.Validate().Count());
        var fault = Assert.Throws<ArgumentException>(() => Prepare([new("u", "a", 1, 1)], options));
        Assert.All(["MinUserEvents", "MinItemEvents", "MinValue", "Duplicates"], name => Assert.Contains(name, fault.Message));
    }

    [Fact]
    public void More_events_than_a_block_holds_keep_their_order()
    {
        const int users = 3, each = 400_000;
        var events = Enumerable.Range(0, users * each).Select(
            i => new Interaction($"u{i % users}", $"i{i / users % 1000}", i / users / 7, Value(i)));
        var dataset = DatasetPreparation.Prepare(new ListSource(events), seed: 1);
        for (var user = 0; user < users; user++)
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"i{i % 1000}"), dataset.Sequence(user).ToArray().Select(
                id => dataset.Catalog[id].Key));
            Assert.Equal(Enumerable.Range(0, each).Select(i => (long)(i / 7)), dataset.Times(user).ToArray());
            Assert.Equal(Enumerable.Range(0, each).Select(i => Value(i * users + user)), dataset.Values(user).ToArray());
        }

        static float Value(int i) => i < 1_100_000 ? 1 : i % 5; // the first that is not 1 lies in the second block
    }

    [Fact]
    public void Reading_tells_how_many_rows_were_read_and_how_fast()
    {
        var reports = new Reports();
        Interaction[] events = [new("u", "a", 1, 1), new("u", "b", 2, 5)];
        DatasetPreparation.Prepare(new ListSource(events), seed: 1, new() { MinValue = 3 }, reports);
        var last = Assert.Single(reports.All, report => report.Finished);
        Assert.Equal(2, last.Rows);
        Assert.True(last.RowsPerSecond > 0);
    }

    private static List<Interaction> StrikeOut(List<Interaction> events, int minUser, int minItem)
    {
        while (true)
        {
            var user = events.GroupBy(e => e.User).FirstOrDefault(g => g.Count() < minUser)?.Key;
            var item = events.GroupBy(e => e.Item).FirstOrDefault(g => g.Count() < minItem)?.Key;
            if ((user ?? item) is null) return events;
            events.RemoveAll(e => user is null ? e.Item == item : e.User == user);
        }
    }

    private static void AssertPrepared(List<Interaction> expected, Interaction[] events, PreparationOptions options)
    {
        if (expected.Count == 0)
        {
            Assert.Throws<DatasetException>(() => Prepare(events, options));
        }
        else
        {
            var order = events.Select(e => e.User).Distinct().ToList();
            Assert.Equal(
                expected.OrderBy(e => order.IndexOf(e.User)).ThenBy(e => e.Time).Select(e => (e.User, e.Item, e.Time, e.Value)),
                Content(Prepare(events, options)));
        }
    }

    private static SequenceDataset Prepare(Interaction[] events, PreparationOptions options) =>
        DatasetPreparation.Prepare(new ListSource(events), seed: 1, options);

    private static IEnumerable<(string User, string Item, long Time, float Value)> Content(SequenceDataset dataset) =>
        Enumerable.Range(0, dataset.Users).SelectMany(user => Enumerable.Range(0, dataset.Sequence(user).Length).Select(i => (
            dataset.UserKeys[user], dataset.Catalog[dataset.Sequence(user)[i]].Key, dataset.Times(user)[i],
            dataset.HasValues ? dataset.Values(user)[i] : 1)));

    private sealed class Reports : IProgress<PreparationProgress>
    {
        public List<PreparationProgress> All { get; } = [];

        public void Report(PreparationProgress value) => All.Add(value);
    }
}
