using CsCheck;
using Tandem.Data.Preparation;

namespace Tandem.Data.Tests.Preparation;

public class DatasetPreparationTests
{
    [Fact]
    public void Users_keep_the_order_of_first_appearance() =>
        Assert.Equal(["z", "a"], Prepare(("z", "i", 9), ("a", "i", 1), ("z", "j", 2)).UserKeys);

    [Fact]
    public void Events_are_sorted_by_time_and_ties_keep_the_order_of_reading()
    {
        var dataset = Prepare(("u", "late", 5), ("u", "first", 3), ("v", "x", 0), ("u", "second", 3), ("u", "third", 3));
        Assert.Equal(["first", "second", "third", "late"], Keys(dataset, user: 0));
        Assert.Equal([3, 3, 3, 5], dataset.Times(0));
    }

    [Fact]
    public void Every_user_keeps_all_events() => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 8], Gen.Long[0, 4])
        .Select((user, item, time) => (User: $"u{user}", Item: $"i{item}", Time: time)).Array[1, 40]
        .Sample(events =>
        {
            var dataset = Prepare(events);
            for (var user = 0; user < dataset.Users; user++)
            {
                var expected = events.Where(e => e.User == dataset.UserKeys[user]).OrderBy(e => e.Time).Select(e => e.Item);
                Assert.Equal(expected, Keys(dataset, user));
            }
            Assert.Equal(events.Length, dataset.Interactions);
        });

    [Fact]
    public void Item_numbers_depend_on_the_seed_and_not_on_the_order_of_events()
    {
        var events = Enumerable.Range(0, 50).Select(i => new Interaction("u", $"i{i}", i, 1)).ToArray();
        string Version(IEnumerable<Interaction> e, int seed) => DatasetPreparation.Prepare(new ListSource(e), seed).Catalog.Version;

        Assert.Equal(Version(events, 1), Version(events.Reverse(), 1));
        Assert.NotEqual(Version(events, 1), Version(events, 2));
    }

    [Fact]
    public void The_catalog_describes_exactly_the_items_that_occur()
    {
        var known = new ItemDescription("a", "Title", ["Category"], [1, 2]);
        var dataset = DatasetPreparation.Prepare(
            new ListSource([new("u", "a", 1, 1), new("u", "b", 2, 1)], known, known with { Key = "unused" }), seed: 1);

        Assert.Equal(2, dataset.Catalog.Count);
        Assert.Same(known, dataset.Catalog[dataset.Catalog.FindId("a")]);
        Assert.Equal(("b", null), (dataset.Catalog[dataset.Catalog.FindId("b")].Key, dataset.Catalog[dataset.Catalog.FindId("b")].Title));
        Assert.Equal(0, dataset.Catalog.FindId("unused"));
    }

    [Fact]
    public void A_source_without_events_is_refused() =>
        Assert.Contains("no events", Assert.Throws<DatasetException>(() => Prepare()).Message);

    private static SequenceDataset Prepare(params (string User, string Item, long Time)[] events) => DatasetPreparation.Prepare(
        new ListSource(events.Select(e => new Interaction(e.User, e.Item, e.Time, 1))), seed: 1);

    private static IEnumerable<string> Keys(SequenceDataset dataset, int user) =>
        dataset.Sequence(user).ToArray().Select(item => dataset.Catalog[item].Key);
}
