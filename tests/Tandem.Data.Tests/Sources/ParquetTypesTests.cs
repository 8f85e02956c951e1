using Parquet;
using Parquet.Schema;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

/// <summary>What a column may hold, where it may lie, and what becomes of damage.</summary>
public sealed class ParquetTypesTests : IDisposable
{
    private const string Uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_are_whole_numbers_of_any_type_texts_and_uuids()
    {
        Assert.Equal(["-7", "8"], await KeysAsync<sbyte>(-7, 8));
        Assert.Equal(["7", "255"], await KeysAsync<byte>(7, 255));
        Assert.Equal(["-300", "7"], await KeysAsync<short>(-300, 7));
        Assert.Equal(["65535", "7"], await KeysAsync<ushort>(65535, 7));
        Assert.Equal(["4294967295", "7"], await KeysAsync(uint.MaxValue, 7u));
        Assert.Equal(["18446744073709551615", "7"], await KeysAsync(ulong.MaxValue, 7ul));
        Assert.Equal(["7", "-16777216"], await KeysAsync(7f, -16777216f));
        Assert.Equal(["9007199254740992", "0"], await KeysAsync(9007199254740992, -0.0));
        Assert.Equal([Uuid, Guid.Empty.ToString()], await KeysAsync(Guid.Parse(Uuid), Guid.Empty));
        Assert.Equal(["7", "12345"], await KeysAsync(new DecimalDataField("user", 10, 2, isNullable: false), 7m, 12345.00m));
    }

    [Fact]
    public async Task A_real_number_that_is_no_exact_whole_one_is_no_key()
    {
        Assert.Contains("row 2: user '7.5' is not a whole number", await FaultAsync(7, 7.5));
        Assert.Contains("row 1: user 'NaN' is not a whole number", await FaultAsync(double.NaN, 1));
        Assert.Contains("row 1: user '∞' is not a whole number".Replace("∞", "Infinity", StringComparison.Ordinal), await FaultAsync(
            double.PositiveInfinity, 1));
        Assert.Contains("is not a whole number", await FaultAsync(1e17, 1));
        Assert.Contains("is not a whole number", await FaultAsync(1e9f, 1f));
        Assert.Contains("column 'user' holds true and false (BOOLEAN)", await FaultAsync(true, false));
    }

    [Fact]
    public async Task Times_and_values_are_numbers_of_any_type()
    {
        await WriteAsync(new DataField<uint>("time"), new DataField<bool>("value"), [3_000_000_000, 1u], [true, false]);
        Assert.Equal([(3_000_000_000, 1), (1, 0)], Read().Select(e => (e.Time, e.Value)));
        await WriteAsync(new DataField<double>("time"), new DataField<sbyte>("value"), [1.9, -1.5], [(sbyte)-1, (sbyte)5]);
        Assert.Equal([(1, -1), (-2, 5)], Read().Select(e => (e.Time, e.Value)));
        await WriteAsync(new DecimalDataField("time", 12, 1, isNullable: false), new DecimalDataField("value", 4, 2, isNullable: false),
            [1.9m, 2m], [4.5m, 0.25m]);
        Assert.Equal([(1, 4.5f), (2, 0.25f)], Read().Select(e => (e.Time, e.Value)));
        await WriteAsync(new DateTimeDataField("time", DateTimeFormat.Date, isNullable: false), new DataField<ulong>("value"),
            [new DateTime(2020, 1, 1), new DateTime(2020, 1, 2)], [3ul, 4ul]);
        Assert.Equal([(1_577_836_800, 3), (1_577_923_200, 4)], Read().Select(e => (e.Time, e.Value)));
    }

    [Theory]
    [InlineData(double.NaN, 1, "row 1: time 'NaN' is not a number")]
    [InlineData(1e300, 1, "row 1: time '1E+300' is not a number")]
    [InlineData(1, double.NaN, "row 1: value 'NaN' is not a number")]
    [InlineData(1, double.NegativeInfinity, "is not a number")]
    [InlineData(1, 1e99, "row 1: value '1E+99' is not a number")]
    public async Task A_time_or_value_without_a_meaning_is_a_fault(double time, double value, string what)
    {
        await WriteAsync(new DataField<double>("time"), new DataField<double>("value"), [time, 1], [value, 1]);
        Assert.Contains(what, Fault());
    }

    [Fact]
    public async Task Nanoseconds_are_told_from_seconds_and_keep_their_order()
    {
        await WriteAsync(new DataField<long>("time"), new DataField<double>("value"),
            [1_600_000_000_000_000_001L, 1_600_000_000_000_000_000L], [1.0, 1.0]);
        var events = Read();
        Assert.Equal([1_600_000_000, 1_600_000_000], events.Select(e => e.Time));
        Assert.True(events[0].Fraction > events[1].Fraction);
    }

    [Fact]
    public async Task Types_are_named_as_their_users_know_them()
    {
        await WriteAsync(new DataField<string>("time", nullable: false), new DataField<byte[]>("value", nullable: false), ["a", "b"],
            new byte[][] { [1], [2] });
        Assert.Contains("row 1: time is 'a'; expected a number, or a date", Fault());
        Assert.Contains("column 'value' holds binary data (BLOB); expected a column of numbers", Fault(new() { Time = ColumnNames.None }));
        Assert.Contains("column 'value' holds binary data (BLOB); expected a column of texts", Fault(
            new() { User = "value", Time = ColumnNames.None }));
    }

    [Fact]
    public async Task A_column_within_a_structure_or_a_list_is_not_the_one_of_its_name()
    {
        await WriteNestedAsync();
        Assert.Equal([new("1", "10", 0, 1), new("1", "20", 0, 1)], Read());
        Assert.Equal([new("1", "99", 5, 1), new("1", "98", 6, 1)], Read(new() { Item = "context.item", Time = "context.time" }));
        Assert.Contains("no column 'time' among 'context, tags, user, item', only 'context.time'", Fault(new() { Time = "time" }));
        Assert.Contains("column 'tags' is a list", Fault(new() { Item = "tags" }));
        Assert.Contains("column 'context' is a structure", Fault(new() { Item = "context" }));
        Assert.Contains("only one inside the list 'tags'", Fault(new() { Item = "element" }));
        Assert.Contains("column 'tags.list.element' is inside a list", Fault(new() { Item = "tags.list.element" }));
    }

    [Fact]
    public async Task A_file_that_was_cut_off_at_any_byte_is_refused_and_a_flipped_bit_never_crashes_or_hangs()
    {
        await WriteAsync(new DataField<long>("time"), new DataField<float>("value"), [1L, 2L], [1f, 2f]);
        var bytes = await File.ReadAllBytesAsync(_folder["a.parquet"], TestContext.Current.CancellationToken);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_folder["a.parquet"], bytes[..length]);
            Assert.Contains("expected a whole Parquet file", Fault());
        }
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(_folder["a.parquet"], damaged);
            try
            {
                Read();
            }
            catch (DatasetException)
            {
                // refused in words
            }
        }
    }

    private async Task WriteNestedAsync()
    {
        DataField<int> inner = new("item"), user = new("user"), item = new("item"), time = new("time"), element = new("element");
        StructField context = new("context", inner, time);
        ListField tags = new("tags", element);
        await using var stream = File.Create(_folder["a.parquet"]);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(context, tags, user, item), stream);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(inner, Column<int?>(99, 98));
        await group.WriteAsync<int>(time, Column<int?>(5, 6));
        await group.WriteAsync<int>(element, Column<int?>(1, 2, 3), repetitionLevels: Column(0, 1, 0));
        await group.WriteAsync<int>(user, Column(1, 1));
        await group.WriteAsync<int>(item, Column(10, 20));
    }

    private async Task<string[]> KeysAsync<T>(params T[] keys)
        where T : struct => await KeysAsync(new DataField<T>("user"), keys);

    private async Task<string[]> KeysAsync<T>(DataField user, params T[] keys)
        where T : struct
    {
        DataField<int> item = new("item");
        await using (var stream = File.Create(_folder["a.parquet"]))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, item), stream);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<T>(user, keys);
            await group.WriteAsync<int>(item, Column(1, 2));
        }
        return [.. Read().Select(e => e.User)];
    }

    private async Task<string> FaultAsync<T>(params T[] keys)
        where T : struct => (await Assert.ThrowsAsync<DatasetException>(() => KeysAsync(keys))).Message;

    private async Task WriteAsync<TTime, TValue>(DataField time, DataField value, TTime[] times, TValue[] values)
    {
        DataField<int> user = new("user"), item = new("item");
        await using var stream = File.Create(_folder["a.parquet"]);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, item, time, value), stream);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(user, Column(1, 2));
        await group.WriteAsync<int>(item, Column(1, 2));
        await WriteAsync(group, time, times);
        await WriteAsync(group, value, values);
    }

    private static async Task WriteAsync<T>(ParquetRowGroupWriter group, DataField field, T[] values)
    {
        // An array of one integer type passes for one of the other sign, so the type itself has to tell.
        var written = Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.String => group.WriteAsync(field, (string[])(object)values),
            TypeCode.Object => group.WriteAsync(field, (byte[][])(object)values),
            TypeCode.UInt32 => group.WriteAsync<uint>(field, (uint[])(object)values),
            TypeCode.SByte => group.WriteAsync<sbyte>(field, (sbyte[])(object)values),
            TypeCode.Boolean => group.WriteAsync<bool>(field, (bool[])(object)values),
            TypeCode.UInt64 => group.WriteAsync<ulong>(field, (ulong[])(object)values),
            TypeCode.Int64 => group.WriteAsync<long>(field, (long[])(object)values),
            TypeCode.Single => group.WriteAsync<float>(field, (float[])(object)values),
            TypeCode.Double => group.WriteAsync<double>(field, (double[])(object)values),
            TypeCode.Decimal => group.WriteAsync<decimal>(field, (decimal[])(object)values),
            _ => group.WriteAsync<DateTime>(field, (DateTime[])(object)values),
        };
        await written;
    }

    private Interaction[] Read(ColumnNames? columns = null) => [.. SourceLayout.DetectTable(_folder.Root, columns)!.Read()];

    private string Fault(ColumnNames? columns = null) => Assert.Throws<DatasetException>(() => Read(columns)).Message;

    private static T[] Column<T>(params T[] values) => values;
}
