using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>
/// One Parquet file with named columns: users and items are texts, UUIDs or whole numbers of any type; times numbers, timestamps or dates;
/// values numbers, or true and false, which are 1 and 0. A column within structures has their names before its own, with dots between
/// them, and is meant only where it is named so. A row group is read at a time, so a file of one group is held whole.
/// </summary>
/// <param name="path">The file; its folder's name becomes the data set's.</param>
/// <param name="columns">Names of its columns.</param>
public sealed class ParquetSource(string path, ColumnNames columns) : IInteractionSource
{
    internal const string Extension = ".parquet";

    private EventColumns? _found;
    private TimeUnit? _unit;
    private string? _unitLine;

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <inheritdoc/>
    public bool HasTimes => Found.Time >= 0;

    /// <inheritdoc/>
    public bool HasValues => Found.Value >= 0;

    /// <inheritdoc/>
    public ReadingNotes Notes =>
        new ReadingNotes { UnreadColumns = Found.Unread }.And(Found.UnreadLine(Path.GetFileName(path)), _unitLine);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => new Dictionary<string, ItemDescription>();

    /// <inheritdoc/>
    /// <exception cref="DatasetException">The file is damaged, a column is missing or of another type, or a field is empty.</exception>
    public IEnumerable<Interaction> Read()
    {
        var first = 1L;
        _unit ??= columns.TimeUnit ?? RunAsync(DetectUnitAsync).GetAwaiter().GetResult();
        var groups = RunAsync(reader => Task.FromResult(CountGroups(reader))).GetAwaiter().GetResult();
        for (var group = 0; group < groups; group++)
        {
            var read = ReadGroupAsync(group, first).GetAwaiter().GetResult();
            for (var row = 0; row < read.Rows; row++)
                yield return read[row];
            first += read.Rows;
        }
    }

    private EventColumns Found => _found ??= RunAsync(reader => Task.FromResult(EventColumns.Find(
        Names(reader), columns, (what, expected, remedy) =>
            new DatasetException(what + Nested(reader), path, expected, remedy)))).GetAwaiter().GetResult();

    private async Task<TimeUnit> DetectUnitAsync(ParquetReader reader)
    {
        if (!HasTimes || reader.RowGroupCount == 0) return TimeUnit.Seconds;
        var field = Field(reader, Found.Time);
        if (field.ClrType == typeof(DateTime)) return TimeUnit.Seconds;
        using var group = reader.OpenRowGroupReader(0);
        var column = new ParquetColumn(path, group, checked((int)group.RowCount), firstRow: 1);
        var times = await column.ReadTimesAsync(Complete(group, field), TimeUnit.Seconds);
        var unit = TimeUnits.Of(times.Take(TimeUnits.Looked).Select(time => time.Seconds));
        _unitLine = TimeUnits.Line(Path.GetFileName(path), field.Name, unit);
        return unit;
    }

    private int CountGroups(ParquetReader reader)
    {
        var groups = reader.Metadata!.RowGroups;
        return groups.Sum(group => group.NumRows) == reader.Metadata.NumRows
            ? groups.Count
            : throw Damaged("its groups have not as many rows as it says");
    }

    private DataField Complete(ParquetRowGroupReader group, DataField field) =>
        group.GetMetadata(field)?.MetaData?.NumValues == group.RowCount
        ? field
        : throw Damaged($"column '{field.Name}' has not as many values as rows");

    private Task<ParquetEvents> ReadGroupAsync(int index, long firstRow) => RunAsync(async reader =>
    {
        using var group = reader.OpenRowGroupReader(index);
        var rows = checked((int)group.RowCount);
        var column = new ParquetColumn(path, group, rows, firstRow);
        return new ParquetEvents(
            rows,
            await column.ReadKeysAsync(Complete(group, Field(reader, Found.User))),
            await column.ReadKeysAsync(Complete(group, Field(reader, Found.Item))),
            HasTimes ? await column.ReadTimesAsync(Complete(group, Field(reader, Found.Time)), _unit!.Value) : null,
            HasValues ? await column.ReadValuesAsync(Complete(group, Field(reader, Found.Value))) : null);
    });

    private async Task<T> RunAsync<T>(Func<ParquetReader, Task<T>> read)
    {
        await using var file = SourceFile.OpenBytes(path);
        RequireParquet(file);
        try
        {
            await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true);
            return await read(reader);
        }
        catch (Exception e) when (e is not DatasetException)
        {
            // On damaged bytes the library fails in any way there is, from an index out of range to a lack of memory.
            throw Damaged(e.Message, e);
        }
    }

    private void RequireParquet(FileStream file)
    {
        var head = new byte[FileSignature.Size];
        var known = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        if (FileSignature.IsParquet(known))
        {
            if (!ParquetFooter.IsWhole(file)) throw Damaged("it ends early, or its footer has no end");
            file.Position = 0;
            return;
        }
        var what = FileSignature.IsGzip(known) ? "is packed with gzip"
            : FileSignature.Foreign(known) is { } foreign ? "is " + foreign
            : "does not begin as a Parquet file";
        throw new DatasetException(what, path, "a whole Parquet file, which is packed inside", "unpack it, or write or fetch it again");
    }

    /// <summary>
    /// Names of the columns at the top, by which the usual ones are found; after them those within structures that were asked for, by their
    /// names with dots between them.
    /// </summary>
    private string[] Names(ParquetReader reader)
    {
        string?[] asked = [columns.User, columns.Item, columns.Time, columns.Value];
        var top = reader.Schema.Fields.Select(field => field.Name).ToArray();
        return [.. top,
            .. reader.Schema.DataFields.Select(ParquetTypes.DottedPath).Where(name => asked.Contains(name) && !top.Contains(name))];
    }

    /// <summary>The column at a place of <see cref="Names"/>; never one within a list or a map.</summary>
    private DataField Field(ParquetReader reader, int place)
    {
        var (fields, name) = (reader.Schema.Fields, Names(reader)[place]);
        var field = place < fields.Count ? fields[place] : reader.Schema.DataFields.First(field => ParquetTypes.DottedPath(field) == name);
        return field is DataField { MaxRepetitionLevel: 0 } single
            ? single
            : throw Fault($"column '{name}' is {(place < fields.Count ? ParquetTypes.DescribeNested(field) : "inside a list")}");
    }

    /// <summary>Where columns that were asked for, or usual ones, lie within others; for the end of a fault of the header.</summary>
    private string Nested(ParquetReader reader)
    {
        string?[] asked = [columns.User ?? "user", columns.Item ?? "item", columns.Time, columns.Value];
        var inside = reader.Schema.DataFields
            .Where(field => asked.Contains(field.Name) && reader.Schema.Fields.All(top => top.Name != field.Name)).ToArray();
        return inside.Length == 0 ? "" : ", only " + string.Join(" and ", inside.Select(field =>
            field.MaxRepetitionLevel > 0 ? $"one inside the list '{field.Path.FirstPart}'" : $"'{ParquetTypes.DottedPath(field)}'"));
    }

    private DatasetException Damaged(string how, Exception? cause = null) =>
        new($"is damaged: {how}", path, "a whole Parquet file", "write or fetch it again", cause);

    private DatasetException Fault(string what) =>
        new(what, path, "columns of users and items with one value in every row", "name the columns that hold them");

    private sealed record ParquetEvents(int Rows, string[] Users, string[] Items, UnixTime[]? Times, float[]? Values)
    {
        public Interaction this[int row] =>
            new(Users[row], Items[row], Times?[row].Seconds ?? 0, Values?[row] ?? 1, Times?[row].Fraction ?? 0);
    }
}
