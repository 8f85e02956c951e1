using Parquet;
using Parquet.Schema;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class ParquetSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Columns_are_found_by_name_in_every_row_group()
    {
        DataField<string> item = new("item", nullable: true);
        DataField<long> user = new("user"), time = new("time");
        DataField<double> value = new("value");
        await WriteAsync([item, user, value, time], groups: 2, async (group, n) =>
        {
            await group.WriteAsync(item, Column($"a{n}", $"b{n}"));
            await group.WriteAsync<long>(user, Column(7L, 8L));
            await group.WriteAsync<double>(value, Column(0.5, 1));
            await group.WriteAsync<long>(time, Column(10L + n, 20L + n));
        });
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.True(source.HasTimes);
        Assert.Equal([new("7", "a0", 10, 0.5f), new("8", "b0", 20, 1), new("7", "a1", 11, 0.5f), new("8", "b1", 21, 1)], source.Read());
    }

    [Fact]
    public async Task Other_names_types_and_units_are_told_by_the_caller()
    {
        DataField<int> who = new("who"), what = new("what");
        DataField<DateTime> day = new("day");
        DataField<long> stamp = new("stamp");
        await WriteAsync([who, what, day, stamp], groups: 1, async (group, _) =>
        {
            await group.WriteAsync<int>(who, Column(1));
            await group.WriteAsync<int>(what, Column(2));
            await group.WriteAsync<DateTime>(day, Column(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
            await group.WriteAsync<long>(stamp, Column(1_577_836_800_999L));
        });
        var names = new ColumnNames { User = "who", Item = "what" };
        Assert.Equal([new("1", "2", 0, 1)], Read(names));
        Assert.Equal([new("1", "2", 1_577_836_800, 1)], Read(names with { Time = "day" }));
        Assert.Equal([new("1", "2", 1_577_836_800, 1, (uint)((999L << 32) / 1000))], Read(
            names with { Time = "stamp", TimeUnit = TimeUnit.Milliseconds }));
        Assert.Contains("no column 'when' among 'who, what, day, stamp'", Fault(names with { Time = "when" }));
        Assert.Contains("column 'day' holds timestamps or dates; expected a column of numbers", Fault(names with { Value = "day" }));
        Assert.Contains("expected a column of texts, of whole numbers or of UUIDs", Fault(names with { User = "day" }));
    }

    [Fact]
    public async Task The_usual_names_are_known_the_unit_is_told_by_size_and_the_rest_is_said_to_be_unread()
    {
        DataField<long> user = new("user_id"), stamp = new("ts");
        DataField<string> item = new("ASIN", nullable: false), title = new("title", nullable: false);
        DataField<double> rating = new("rating");
        await WriteAsync([title, user, item, rating, stamp], groups: 1, async (group, _) =>
        {
            await group.WriteAsync(title, Column("t", "t"));
            await group.WriteAsync<long>(user, Column(1L, 1L));
            await group.WriteAsync(item, Column("late", "early"));
            await group.WriteAsync<double>(rating, Column(4.0, 5.0));
            await group.WriteAsync<long>(stamp, Column(1_600_000_000_500_001L, 1_600_000_000_500_000L));
        });
        var dataset = DatasetPreparation.Prepare(SourceLayout.Detect(_folder.Root)!, seed: 1);
        Assert.Equal(["early", "late"], dataset.Sequence(0).ToArray().Select(id => dataset.Catalog[id].Key));
        Assert.Equal([1_600_000_000, 1_600_000_000], dataset.Times(0));
        Assert.Equal([5, 4], dataset.Values(0));
        Assert.Equal(["title"], dataset.Reading.UnreadColumns);
        Assert.Contains(dataset.Reading.Lines, line => line.StartsWith("a.parquet: ts is read as microseconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Times_may_be_texts_of_dates_and_real_numbers()
    {
        DataField<string> user = new("user", nullable: false), date = new("date", nullable: false);
        DataField<int> item = new("item");
        DataField<double> when = new("when");
        await WriteAsync([user, item, date, when], groups: 1, async (group, _) =>
        {
            await group.WriteAsync(user, Column("u"));
            await group.WriteAsync<int>(item, Column(1));
            await group.WriteAsync(date, Column("2020-01-01 00:00:01"));
            await group.WriteAsync<double>(when, Column(double.NaN));
        });
        Assert.Equal([new("u", "1", 1_577_836_801, 1)], Read(new()));
        Assert.Contains("row 1: when 'NaN' is not a number", Fault(new() { Time = "when" }));
    }

    [Fact]
    public async Task An_empty_field_is_a_fault_with_its_row()
    {
        DataField<string> user = new("user", nullable: true);
        DataField<int?> item = new("item");
        await WriteAsync([user, item], groups: 2, async (group, n) =>
        {
            await group.WriteAsync(user, Column("a", "b"));
            await group.WriteAsync<int>(item, Column<int?>(1, n == 1 ? null : 2));
        });
        Assert.Contains("row 4: item is empty", Fault(new()));
    }

    [Fact]
    public void A_file_of_something_else_is_a_fault()
    {
        _folder.Write("a.parquet", "user,item\n1,2\nmore text than a footer needs\n");
        Assert.Contains("a.parquet: does not begin as a Parquet file; expected a whole Parquet file", Fault(new()));
        File.WriteAllBytes(_folder["a.parquet"], [0x1F, 0x8B, 8, 0]);
        Assert.Contains("a.parquet: is packed with gzip", Fault(new()));
    }

    private Interaction[] Read(ColumnNames columns) => [.. SourceLayout.DetectTable(_folder.Root, columns)!.Read()];

    private string Fault(ColumnNames columns) => Assert.Throws<DatasetException>(() => Read(columns)).Message;

    private static T[] Column<T>(params T[] values) => values;

    private async Task WriteAsync(Field[] columns, int groups, Func<ParquetRowGroupWriter, int, Task> write)
    {
        await using var stream = File.Create(_folder["a.parquet"]);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(columns), stream);
        for (var n = 0; n < groups; n++)
        {
            using var group = writer.CreateRowGroup();
            await write(group, n);
        }
    }
}
