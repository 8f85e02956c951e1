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

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <inheritdoc/>
    public bool HasTimes => HasTimesAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => new Dictionary<string, ItemDescription>();

    /// <inheritdoc/>
    /// <exception cref="DatasetException">The file is damaged, a column is missing or of another type, or a field is empty.</exception>
    public IEnumerable<Interaction> Read()
    {
        var first = 1L;
        var groups = RunAsync(reader => Task.FromResult(reader.RowGroupCount)).GetAwaiter().GetResult();
        for (var group = 0; group < groups; group++)
        {
            var read = ReadGroupAsync(group, first).GetAwaiter().GetResult();
            for (var row = 0; row < read.Rows; row++)
                yield return read[row];
            first += read.Rows;
        }
    }

    private Task<bool> HasTimesAsync() => RunAsync(reader => Task.FromResult(FindTime(reader) is not null));

    private Task<ParquetEvents> ReadGroupAsync(int index, long firstRow) => RunAsync(async reader =>
    {
        using var group = reader.OpenRowGroupReader(index);
        var rows = checked((int)group.RowCount);
        var column = new ParquetColumn(path, group, rows, firstRow);
        return new ParquetEvents(
            rows,
            await column.ReadKeysAsync(Require(reader, columns.User)),
            await column.ReadKeysAsync(Require(reader, columns.Item)),
            FindTime(reader) is { } time ? await column.ReadTimesAsync(time, columns.TimeUnit) : null,
            FindValue(reader) is { } value ? await column.ReadValuesAsync(value) : null);
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

    private DataField? FindTime(ParquetReader reader) =>
        columns.Time is { } named ? Require(reader, named) : Find(reader, ColumnNames.UsualTime);

    private DataField? FindValue(ParquetReader reader) =>
        columns.Value is { } named ? Require(reader, named) : Find(reader, ColumnNames.UsualValue);

    private static DataField? Find(ParquetReader reader, string name) => reader.Schema.DataFields.FirstOrDefault(field => field.Name == name);

    private DataField Require(ParquetReader reader, string name) => Find(reader, name)
        ?? throw new DatasetException(
            $"no column '{name}' among '{string.Join(", ", reader.Schema.DataFields.Select(field => field.Name))}'", path,
            "columns of users and items", "name the columns that hold them");

    private sealed record ParquetEvents(int Rows, string[] Users, string[] Items, long[]? Times, float[]? Values)
    {
        public Interaction this[int row] => new(Users[row], Items[row], Times?[row] ?? 0, Values?[row] ?? 1);
    }
}
