using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>
/// One Parquet file with named columns: users and items are texts or whole numbers; times whole or real numbers, or timestamps; values
/// numbers. A row group is read at a time, so a file of one group is held whole.
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
        _unit ??= columns.TimeUnit ?? RunAsync(TellUnitAsync).GetAwaiter().GetResult();
        var groups = RunAsync(reader => Task.FromResult(reader.RowGroupCount)).GetAwaiter().GetResult();
        for (var group = 0; group < groups; group++)
        {
            var read = ReadGroupAsync(group, first).GetAwaiter().GetResult();
            for (var row = 0; row < read.Rows; row++)
                yield return read[row];
            first += read.Rows;
        }
    }

    private EventColumns Found => _found ??= RunAsync(reader => Task.FromResult(EventColumns.Find(
        [.. reader.Schema.Fields.Select(column => column.Name)], columns,
        (what, expected, remedy) => new DatasetException(what, path, expected, remedy)))).GetAwaiter().GetResult();

    private async Task<TimeUnit> TellUnitAsync(ParquetReader reader)
    {
        if (!HasTimes || reader.RowGroupCount == 0 || Field(reader, Found.Time) is var field && field.ClrType == typeof(DateTime)) return TimeUnit.Seconds;
        using var group = reader.OpenRowGroupReader(0);
        var times = await new ParquetColumn(path, group, checked((int)group.RowCount), firstRow: 1).ReadTimesAsync(field, TimeUnit.Seconds);
        var unit = TimeUnits.Of(times.Take(TimeUnits.Looked).Select(time => time.Seconds));
        _unitLine = TimeUnits.Line(Path.GetFileName(path), field.Name, unit);
        return unit;
    }

    private Task<ParquetEvents> ReadGroupAsync(int index, long firstRow) => RunAsync(async reader =>
    {
        using var group = reader.OpenRowGroupReader(index);
        var rows = checked((int)group.RowCount);
        var column = new ParquetColumn(path, group, rows, firstRow);
        return new ParquetEvents(
            rows,
            await column.ReadKeysAsync(Field(reader, Found.User)),
            await column.ReadKeysAsync(Field(reader, Found.Item)),
            HasTimes ? await column.ReadTimesAsync(Field(reader, Found.Time), _unit!.Value) : null,
            HasValues ? await column.ReadValuesAsync(Field(reader, Found.Value)) : null);
    });

    private async Task<T> RunAsync<T>(Func<ParquetReader, Task<T>> read)
    {
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path);
            return await read(reader);
        }
        catch (Exception e) when (e is InvalidDataException or ParquetException or IOException)
        {
            throw new DatasetException(e.Message, path, "a whole Parquet file", "write or fetch it again", e);
        }
    }

    private DataField Field(ParquetReader reader, int place) => reader.Schema.Fields[place] as DataField
        ?? throw new DatasetException(
            $"column '{reader.Schema.Fields[place].Name}' is a list or a struct", path, "a column of single values", "name another column, or flatten it");

    private sealed record ParquetEvents(int Rows, string[] Users, string[] Items, UnixTime[]? Times, float[]? Values)
    {
        public Interaction this[int row] =>
            new(Users[row], Items[row], Times?[row].Seconds ?? 0, Values?[row] ?? 1, Times?[row].Fraction ?? 0);
    }
}
