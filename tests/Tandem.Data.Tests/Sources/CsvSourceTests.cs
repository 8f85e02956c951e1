using System.IO.Compression;
using System.Text;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class CsvSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_default_columns_may_stand_in_any_order_beside_others()
    {
        var source = Source("time,extra,item,value,user\n7,x,\"a,b\",2.5,anna\n");
        Assert.Equal([new("anna", "a,b", 7, 2.5f)], source.Read());
        Assert.True(source.HasTimes);
    }

    [Fact]
    public void Times_and_values_are_optional()
    {
        var source = Source("user,item\nu,b\nu,a\n");
        Assert.False(source.HasTimes);
        Assert.Equal(["b", "a"], source.Read().Select(e => e.Item));
        Assert.All(source.Read(), e => Assert.Equal(1, e.Value));
    }

    [Fact]
    public void Times_may_be_real_numbers_and_milliseconds()
    {
        Assert.Equal(978_300_760, Assert.Single(Source("user,item,time\nu,a,9.7830076e8\n").Read()).Time);
        Assert.Equal(1_588_687_728,
            Assert.Single(Source("user,item,time\nu,a,1588687728923\n", new() { TimeUnit = TimeUnit.Milliseconds }).Read()).Time);
    }

    [Theory]
    [InlineData("user,item,time\nu,a,dawn\n", "time 'dawn' is no time; expected a number, or a date", "--time-column -")]
    [InlineData("user,item,rating\nu,a,\n", "rating '' is not a number; expected", "--value-column -")]
    public void A_column_of_a_usual_name_that_holds_something_else_can_be_left_unread(string text, string what, string remedy)
    {
        var fault = Assert.Throws<SourceException>(() => Source(text).Read().Count());
        Assert.StartsWith($"a.csv, line 2: {what}", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(remedy, fault.Message, StringComparison.Ordinal);
        Assert.Single(Source(text, new() { Time = ColumnNames.None, Value = ColumnNames.None }).Read());
    }

    [Theory]
    [InlineData("1600000000.9", "1600000000.1", "1600000000.5")]
    [InlineData("1600000000900", "1600000000100", "1600000000500")]
    [InlineData("1600000000000900", "1600000000000100", "1600000000000500")]
    [InlineData("1600000000000000900", "1600000000000000100", "1600000000000000500")]
    [InlineData("0.90000001", "0.9", "0.900000005")]
    [InlineData("2020-01-01T00:00:00.9Z", "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00.5Z")]
    public void Events_are_ordered_by_the_whole_time(string last, string first, string middle)
    {
        var dataset = DatasetPreparation.Prepare(Source($"user,item,timestamp\nu,c,{last}\nu,a,{first}\nu,b,{middle}\n"), seed: 1);
        Assert.Equal(["a", "b", "c"], dataset.Sequence(0).ToArray().Select(id => dataset.Catalog[id].Key));
    }

    [Theory]
    [InlineData("1600000000", "9600000000000", null)]
    [InlineData("0", "1600000000000", "milliseconds")]
    public void The_unit_is_told_by_most_times_and_said(string stray, string usual, string? unit)
    {
        var rows = unit is null ? Enumerable.Repeat("1600000000", 9).Append(usual) : Enumerable.Repeat(usual, 9).Append(stray);
        var source = Source("user,item,time\n" + string.Concat(rows.Select(time => $"u,a,{time}\n")));
        Assert.Equal(1_600_000_000, source.Read().Skip(4).First().Time);
        Assert.Equal(unit is null ? 0 : 1, source.Notes.Lines.Count(line => line.Contains($"is read as {unit}", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_unit_that_is_given_is_not_doubted() =>
        Assert.Equal(1_600_000_000_000,
            Assert.Single(Source("user,item,time\nu,a,1600000000000\n", new() { TimeUnit = TimeUnit.Seconds }).Read()).Time);

    [Fact]
    public void A_column_that_is_named_must_be_there() =>
        Assert.Contains("no column 'when'",
            Assert.Throws<SourceException>(() => Source("user,item\nu,a\n", new() { Time = "when" }).Read().Count()).Message);

    [Fact]
    public void Amazon_2023_is_known_by_its_header_and_read_through_gzip()
    {
        Pack("Beauty.csv.gz", "user_id,parent_asin,rating,timestamp\nAE2,B0,5.0,1588687728923\n");
        Assert.Equal([new("AE2", "B0", 1_588_687_728, 5, Fraction(0.923m))], SourceLayout.Detect(_folder.Root)!.Read());
    }

    [Fact]
    public void A_packed_file_that_was_cut_off_is_a_fault()
    {
        Pack("a.csv.gz", "user,item\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i * 7919},{i}\n")));
        var bytes = File.ReadAllBytes(_folder["a.csv.gz"]);
        File.WriteAllBytes(_folder["a.csv.gz"], bytes[..(bytes.Length / 2)]);
        var fault = Assert.Throws<DatasetException>(() => SourceLayout.Detect(_folder.Root)!.Read().Count());
        Assert.Contains("a.csv.gz: the gzip file ends early", fault.Message);
    }

    [Fact]
    public void A_file_without_lines_is_a_fault()
    {
        _folder.Write("a.csv", new string('x', 17 << 20));
        Assert.Contains(
            "a.csv, line 1: the line has no end", Assert.Throws<SourceException>(() => SourceLayout.Detect(_folder.Root)).Message);
    }

    [Theory]
    [InlineData("user,item\nu,\"a\nv,b\n", 2)]
    [InlineData("user,item\nu,\"a,\"\"b\"\"\"\nv,b\nw,\"c", 4)]
    [InlineData("\"user,item\nu,a\n", 1)]
    public void A_quote_that_closes_only_with_the_file_is_a_fault(string text, int line)
    {
        var fault = Assert.Throws<SourceException>(() => Source(text).Read().Count());
        Assert.StartsWith($"a.csv, line {line}: a quote does not close", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_does_not_close_within_memory_is_a_fault()
    {
        var text = "user,item\nu,\"" + string.Concat(Enumerable.Repeat(new string('x', 999) + "\n", 17_000));
        var fault = Assert.Throws<SourceException>(() => Source(text).Read().Count());
        Assert.StartsWith("a.csv, line 2: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("quotes that close", fault.Message);
    }

    private static uint Fraction(decimal ofSecond) => (uint)(ofSecond * 4_294_967_296m);

    private CsvSource Source(string text, ColumnNames? columns = null) => new(_folder.Write("a.csv", text), columns ?? new());

    private void Pack(string name, string text)
    {
        using var packed = new GZipStream(File.Create(_folder[name]), CompressionMode.Compress);
        packed.Write(Encoding.UTF8.GetBytes(text));
    }
}
