using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Tests;

namespace Tandem.Data.Tests.Splits;

public sealed class PerUserRatioTests : SplitContract
{
    protected override ISplit Create(SequenceDataset dataset) => new PerUserRatio(dataset, 3, 2, 5);

    // Rows are events but one; validation and test rounded down, then one each while training keeps one.
    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(2, 2, 0, 0)]
    [InlineData(3, 2, 0, 1)]
    [InlineData(4, 2, 1, 1)]
    [InlineData(5, 2, 1, 2)]
    [InlineData(6, 3, 1, 2)]
    [InlineData(11, 4, 2, 5)]
    [InlineData(16, 6, 3, 7)]
    public void A_history_is_cut_by_rows(int events, int train, int validation, int test) =>
        Assert.Equal((train, validation, test), Counts(new PerUserRatio(ListSource.DatasetOf(events, 1), 3, 2, 5)));

    [Theory]
    [InlineData(3, 2, 0, 1)]
    [InlineData(4, 2, 1, 1)]
    [InlineData(5, 3, 1, 1)]
    [InlineData(16, 10, 3, 3)]
    public void Other_ratios_are_cut_alike(int events, int train, int validation, int test) =>
        Assert.Equal((train, validation, test), Counts(new PerUserRatio(ListSource.DatasetOf(events), 6, 2, 2)));

    // The published counts of TTT4Rec's protocol and of 6:2:2 on the same data.
    [Fact]
    public void Rows_of_video_games_are_the_published_ones()
    {
        var dataset = FiveCore(File.ReadLines(SharedFolder.Require("data/video-games/interactions.txt")));
        Assert.Equal((24_303, 10_672, 231_780), (dataset.Users, dataset.Catalog.Count, dataset.Interactions));
        Assert.Equal((70_497, 38_221, 98_759), Rows(new PerUserRatio(dataset, 3, 2, 5)));
        Assert.Equal((131_035, 38_221, 38_221), Rows(new PerUserRatio(dataset, 6, 2, 2)));
    }

    [Fact]
    public void The_name_holds_the_ratio() => Assert.Equal("ratio-8-1-12", new PerUserRatio(ListSource.DatasetOf(4), 8, 1, 12).Protocol);

    [Theory]
    [InlineData(0, 2, 5)]
    [InlineData(3, 0, 5)]
    [InlineData(3, 2, -1)]
    public void A_part_below_one_is_refused(int train, int validation, int test) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerUserRatio(ListSource.DatasetOf(4), train, validation, test));

    private static (int Train, int Validation, int Test) Counts(PerUserRatio split) =>
        (split.TrainLength(0), split.Validation.Length, split.Test.Length);

    private static (int Train, int Validation, int Test) Rows(PerUserRatio split) =>
        (Enumerable.Range(0, split.Dataset.Users).Sum(user => split.TrainLength(user) - 1), split.Validation.Length, split.Test.Length);

    /// <summary>Users and items with fewer than five events are dropped, again and again until none is left.</summary>
    private static SequenceDataset FiveCore(IEnumerable<string> lines)
    {
        var events = lines.Select(line => line.Split(' ')).Select((f, i) => new Interaction(f[0], f[1], i, 1)).ToList();
        for (var before = 0; before != events.Count;)
        {
            before = events.Count;
            events = KeepFrequent(KeepFrequent(events, e => e.User), e => e.Item);
        }

        return DatasetPreparation.Prepare(new ListSource(events), seed: 1);
    }

    private static List<Interaction> KeepFrequent(List<Interaction> events, Func<Interaction, string> key)
    {
        var counts = events.CountBy(key).ToDictionary();
        return [.. events.Where(e => counts[key(e)] >= 5)];
    }
}
