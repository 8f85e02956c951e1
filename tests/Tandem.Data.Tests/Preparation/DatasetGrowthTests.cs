using Tandem.Data.Preparation;

namespace Tandem.Data.Tests.Preparation;

public class DatasetGrowthTests
{
    [Fact]
    public void Events_come_behind_those_of_their_users_and_new_users_behind_the_others()
    {
        var before = Dataset(hasTimes: true);
        var (grown, leftOut) = DatasetGrowth.Add(before,
        [
            new("new", "b", 50, 2), new("u1", "a", 5, 3), new("u1", "unknown", 60, 1), new("new", "a", 40, 1), new("u2", "b", 70, 4),
        ]);
        Assert.Equal(1, leftOut);
        Assert.Equal(["u1", "u2", "new"], grown.UserKeys);
        Assert.Equal([.. Keys(before, 0), "a"], Keys(grown, 0));
        Assert.Equal([10, 20, 20], grown.Times(0).ToArray()); // never older than the one before
        Assert.Equal([.. Keys(before, 1), "b"], Keys(grown, 1));
        Assert.Equal([30, 70], grown.Times(1).ToArray());
        Assert.Equal([5, 4], grown.Values(1).ToArray());
        Assert.Equal(["b", "a"], Keys(grown, 2));
        Assert.Equal([50, 50], grown.Times(2).ToArray());
        Assert.Equal(before.Catalog.Version, grown.Catalog.Version);
    }

    [Fact]
    public void Nothing_added_is_the_same_data()
    {
        var before = Dataset(hasTimes: true);
        Assert.Equal(before.Hash, DatasetGrowth.Add(before, []).Grown.Hash);
    }

    [Fact]
    public void Where_there_are_no_times_events_are_numbered_on()
    {
        var (grown, _) = DatasetGrowth.Add(Dataset(hasTimes: false), [new("u1", "a", 1_700_000_000, 1), new("new", "b", 1_700_000_000, 1)]);
        Assert.Equal([0, 1, 2], grown.Times(0).ToArray());
        Assert.Equal([0], grown.Times(2).ToArray());
    }

    private static SequenceDataset Dataset(bool hasTimes) => DatasetPreparation.Prepare(
        new ListSource([new("u1", "a", 10, 1), new("u1", "b", 20, 2), new("u2", "c", 30, 5)]) { HasTimes = hasTimes }, seed: 1);

    private static string[] Keys(SequenceDataset dataset, int user) =>
        [.. dataset.Sequence(user).ToArray().Select(item => dataset.Catalog[item].Key)];
}
