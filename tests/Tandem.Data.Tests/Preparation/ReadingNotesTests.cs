using CsCheck;
using Tandem.Data.Preparation;
using Tandem.Tests;

namespace Tandem.Data.Tests.Preparation;

public sealed class ReadingNotesTests : IDisposable
{
    private const uint Half = 1u << 31;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Events_of_one_second_are_ordered_by_its_parts_and_keep_their_values()
    {
        var dataset = Prepare(new("u", "c", 5, 3, 30), new("u", "d", 6, 4), new("u", "a", 5, 1, 10), new("u", "b", 5, 2, 20));
        Assert.Equal(["a", "b", "c", "d"], dataset.Sequence(0).ToArray().Select(id => dataset.Catalog[id].Key));
        Assert.Equal([5, 5, 5, 6], dataset.Times(0));
        Assert.Equal([1, 2, 3, 4], dataset.Values(0));
    }

    [Fact]
    public void Parts_of_seconds_may_begin_after_a_whole_block_without_any()
    {
        const int whole = 1_100_000;
        var events = Enumerable.Range(0, whole).Select(i => new Interaction("u", $"i{i % 7}", i, 1));
        var dataset = DatasetPreparation.Prepare(
            new ListSource([.. events, new("u", "late", whole, 1, Half), new("u", "early", whole, 1, 1)]), seed: 1);
        Assert.Equal(["early", "late"], dataset.Sequence(0)[^2..].ToArray().Select(id => dataset.Catalog[id].Key));
    }

    [Fact]
    public void Rows_that_repeat_a_user_an_item_and_a_time_are_counted() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Long[0, 3], Gen.UInt[0, 1]).Array[1, 60].Sample(rows =>
        {
            Interaction[] events = [.. rows.Select(row => new Interaction($"u{row.Item1}", $"i{row.Item2}", row.Item3 + 9, 1, row.Item4))];
            Assert.Equal(events.Length - events.Distinct().Count(), Prepare(events).Reading.RepeatedRows);
        });

    [Fact]
    public void Repeated_rows_are_said_with_what_to_do_and_without_times_there_are_none()
    {
        Interaction[] events = [new("u", "a", 9, 1), new("u", "a", 9, 1), new("u", "b", 10, 1)];
        Assert.StartsWith("1 row repeats a user, an item and a time; --duplicates first", Assert.Single(Prepare(events).Reading.Lines),
            StringComparison.Ordinal);
        var untimed = DatasetPreparation.Prepare(new ListSource(events) { HasTimes = false }, seed: 1);
        Assert.Equal(0, untimed.Reading.RepeatedRows);
        Assert.Empty(untimed.Reading.Lines);
    }

    [Fact]
    public void Normalised_times_order_the_events_and_become_positions()
    {
        var dataset = Prepare(new("u", "b", 0, 1, Half), new("u", "a", 0, 1, 1), new("u", "c", 1, 1), new("v", "a", 0, 1));
        Assert.False(dataset.HasTimes);
        Assert.Equal(["a", "b", "c"], dataset.Sequence(0).ToArray().Select(id => dataset.Catalog[id].Key));
        Assert.Equal([0, 1, 2], dataset.Times(0));
        Assert.Contains("within 0 and 1", Assert.Single(dataset.Reading.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_600_000_000_000, 1_600_000_001_000, "times reach the year 52,6")]
    [InlineData(1_600_000_000, 5_000_000_000, "times reach 2128-06-11; check")]
    [InlineData(-86_400, 1_600_000_000, "times begin at 1969-12-31, before 1970")]
    [InlineData(1_600_000_000, 1_600_000_000, "all times fall into one second, 2020-09-13, and events keep the order of the rows")]
    [InlineData(long.MinValue, 0, "times begin at the year -")]
    public void Times_that_no_log_has_are_said(long first, long last, string what)
    {
        var line = Assert.Single(Prepare(new("u", "a", first, 1), new("u", "b", last, 1)).Reading.Lines);
        Assert.StartsWith(what, line, StringComparison.Ordinal);
        Assert.Contains("--time-unit", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Seconds_that_were_read_as_milliseconds_are_said() => Assert.StartsWith(
        "times end at 1970-01-19 and have parts of seconds; check",
        Assert.Single(Prepare(new("u", "a", 1_600_000, 1, Half), new("u", "b", 1_600_001, 1)).Reading.Lines), StringComparison.Ordinal);

    [Fact]
    public void Times_of_any_log_are_not_remarked_on() =>
        Assert.Empty(Prepare(new("u", "a", 1, 1), new("u", "b", 1_700_000_000, 1)).Reading.Lines);

    [Fact]
    public void A_least_rating_is_refused_where_there_are_no_ratings()
    {
        _folder.Write("a.csv", "user,item,mark\nu,a,5\n");
        var source = DatasetFolder.SourceOf(_folder.Root);
        var fault = Assert.Throws<DatasetException>(() => DatasetPreparation.Prepare(source, seed: 1, new() { MinValue = 4 }));
        Assert.Contains("no ratings were found", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--value-column", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_keeps_what_was_noticed()
    {
        _folder.Write("a.csv", "user,item,time,title\nu,a,9,x\nu,a,9,y\n");
        var dataset = DatasetFolder.Open(_folder.Root, seed: 1);
        DatasetFolder.Write(dataset, _folder["out"]);
        var read = DatasetFolder.Read(_folder["out"]).Reading;
        Assert.Equal(["title"], read.UnreadColumns);
        Assert.Equal(1, read.RepeatedRows);
        Assert.Equal(dataset.Reading.Lines, read.Lines);
    }

    private static SequenceDataset Prepare(params Interaction[] events) => DatasetPreparation.Prepare(new ListSource(events), seed: 1);
}
